/* busbar synth: files as the four utilities would send them, for trying things out. */
#include <unistd.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "synth/run.h"

enum { SEED_PRESET = 1, SAMPLES_MOST = 64 * 1024 };

struct synth_args {
	struct str out, only;
	int64_t meters, days, seed;
	int32_t from;
	bool dirty, samples, reps;
};

/* clang-format off */
static const struct option options[] = {
	OPT_TEXT(synth_args, out, "--out", "DIR", OPTION_OPTIONAL, "folder for the files; made when missing"),
	OPT_INT(synth_args, meters, "--meters", "N", OPTION_OPTIONAL, 1, SYNTH_METERS_MOST, "premises of each utility"),
	OPT_DATE(synth_args, from, "--from", OPTION_OPTIONAL, "first day of reads"),
	OPT_INT(synth_args, days, "--days", "N", OPTION_OPTIONAL, 1, SYNTH_DAYS_MOST, "number of days"),
	OPT_INT(synth_args, seed, "--seed", "S", OPTION_OPTIONAL, 0, INT64_MAX, "another world; preset 1"),
	OPT_WORD(synth_args, only, "--only", "KIND", OPTION_OPTIONAL, "reference|lse|register|billing", "one kind of file"),
	OPT_FLAG(synth_args, dirty, "--dirty", "also faulty files and what a hub should say to them"),
	OPT_FLAG(synth_args, samples, "--samples", "print the sample premises and persons for a shell"),
	OPT_FLAG(synth_args, reps, "--reps", "print the invented REPs as CSV"),
};
/* clang-format on */

static void
tell(void *self, unsigned done, unsigned of)
{
	struct progress *p = self;

	p->total = of;
	progress_tell(p, done);
}

static unsigned
kinds_of(struct str only)
{
	return only.at == NULL		   ? SYNTH_ALL
	       : str_is(only, "reference") ? SYNTH_REFERENCE
	       : str_is(only, "lse")	   ? SYNTH_LSE
	       : str_is(only, "register")  ? SYNTH_REGISTER
					   : SYNTH_BILLING;
}

static bool
print_sum(struct cli *cli, const struct synth *s, const struct synth_sum *sum, struct err *e)
{
	AUTO(buf) b = BUF(4096);
	struct json j = json_to(&b);

	if (!cli->json) {
		buf_fmt(&b,
		    "%llu files in %s: %llu interval blocks, %llu other records, %llu bytes\n",
		    (unsigned long long)sum->files, s->out, (unsigned long long)sum->blocks,
		    (unsigned long long)sum->records, (unsigned long long)sum->bytes);
		return cli_out(buf_view(&b), e);
	}
	json_open(&j, NULL);
	json_text(&j, "out", str_of(s->out));
	json_int(&j, "files", (int64_t)sum->files);
	json_int(&j, "blocks", (int64_t)sum->blocks);
	json_int(&j, "records", (int64_t)sum->records);
	json_int(&j, "bytes", (int64_t)sum->bytes);
	json_end(&j);
	buf_byte(&b, '\n');
	return cli_out(buf_view(&b), e);
}

static bool
generate(struct cli *cli, const struct synth_args *a, struct err *e)
{
	struct progress p = progress_start(cli, "made", "parts", 0);
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	AUTO(buf) out = BUF(4096);
	struct synth_sum sum;
	bool ok;

	if (a->out.at == NULL || a->meters == INT64_MIN || a->from == DAY_NONE ||
	    a->days == INT64_MIN)
		return err(e, ERR_USAGE, "--out, --meters, --from and --days are needed");
	buf_str(&out, a->out);
	buf_byte(&out, '\0');
	if (!buf_ok(&out))
		return err(e, ERR_USAGE, "--out is longer than any path");
	struct synth s = {
		.out = out.at,
		.meters = (uint32_t)a->meters,
		.from = a->from,
		.days = (int32_t)a->days,
		.seed = a->seed == INT64_MIN ? SEED_PRESET : (uint64_t)a->seed,
		.kinds = kinds_of(a->only),
		.threads = cpus > 1 ? (unsigned)cpus : 1,
		.dirty = a->dirty,
		.progress = tell,
		.self = &p,
	};

	ok = synth_run(&s, &sum, e);
	progress_end(&p);
	return ok && print_sum(cli, &s, &sum, e);
}

static bool
run(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	const struct synth_args *a = args;
	AUTO(buf) b = BUF(SAMPLES_MOST);

	(void)t;
	if (!a->samples && !a->reps)
		return generate(cli, a, e);
	if (a->samples && !synth_samples(&b, e))
		return false;
	if (a->reps)
		synth_reps(&b);
	return cli_out(buf_view(&b), e);
}

const struct command cmd_synth = {
	.name = "synth",
	.help = "make the files of four utilities from a seed",
	.about =
	    "Writes DIR/<utility>/ with reference data, interval files, register reads and\n"
	    "bills for some days, the same bytes for the same seed. Everything is invented.\n"
	    "docs/synth.md says how it is made and what --dirty adds.",
	COMMAND_OPTIONS(options),
	.args_bytes = sizeof(struct synth_args),
	.run = run,
};
