/* Small commands: modes, features, help, and what is refused. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "transfer.h"

static const struct {
	const char *name;
	unsigned fact;
} facts[] = {
	{ "type", FACT_TYPE },
	{ "size", FACT_SIZE },
	{ "modify", FACT_MODIFY },
	{ "perm", FACT_PERM },
	{ "unique", FACT_UNIQUE },
};

bool
cmd_type(struct task *t, struct session *s, struct str arg, struct err *e)
{
	(void)e;
	if (str_ieq(arg, STR("I")) || str_ieq(arg, STR("L 8")) || str_ieq(arg, STR("L8")))
		s->ascii = false;
	else if (str_ieq(arg, STR("A")) || str_ieq(arg, STR("A N")))
		s->ascii = true;
	else
		return say(t, s, 504, "Expected TYPE I, or TYPE A for lists.");
	return say(t, s, 200, "TYPE %s.", s->ascii ? "A" : "I");
}

bool
cmd_mode(struct task *t, struct session *s, struct str arg, struct err *e)
{
	(void)e;
	return str_ieq(arg, STR("S")) ? say(t, s, 200, "MODE S.")
				      : say(t, s, 504, "Expected MODE S.");
}

bool
cmd_stru(struct task *t, struct session *s, struct str arg, struct err *e)
{
	(void)e;
	return str_ieq(arg, STR("F")) ? say(t, s, 200, "STRU F.")
				      : say(t, s, 504, "Expected STRU F.");
}

bool
cmd_rest(struct task *t, struct session *s, struct str arg, struct err *e)
{
	int64_t n;

	(void)e;
	if (!str_int64(arg, &n))
		return say(t, s, 501, "Expected a number of bytes.");
	s->rest = n;
	return say(t, s, 350, "The next transfer goes on at byte %" PRId64 ".", n);
}

/* ---- what there is ---- */

static void
fact_names(struct buf *b, unsigned chosen, const char *mark)
{
	for (size_t i = 0; i < nitems(facts); i++)
		if ((chosen & facts[i].fact) != 0 || *mark != '\0')
			buf_fmt(b, "%s%s;", facts[i].name,
			    (chosen & facts[i].fact) != 0 ? mark : "");
}

bool
cmd_feat(struct task *t, struct session *s, struct str arg, struct err *e)
{
	AUTO(buf) b = BUF(8192);

	(void)arg, (void)e;
	for (size_t i = 0; i < commands_count; i++)
		if (commands[i].feat != NULL)
			buf_fmt(&b, " %s\r\n", commands[i].feat);
	buf_c(&b, " MLST ");
	fact_names(&b, s->facts, "*");
	buf_c(&b, "\r\n");
	return say_lines(t, s, 211, "Features", buf_view(&b), "End");
}

static bool
choose_facts(struct task *t, struct session *s, struct str wanted)
{
	AUTO(buf) b = BUF(256);
	bool more = wanted.len > 0;

	s->facts = 0;
	while (more) {
		struct str one;

		more = str_cut(wanted, ';', &one, &wanted);
		for (size_t i = 0; i < nitems(facts); i++)
			if (str_ieq(one, str_of(facts[i].name)))
				s->facts |= facts[i].fact;
	}
	fact_names(&b, s->facts, "");
	return say(t, s, 200, "MLST OPTS " STR_FMT, STR_ARG(buf_view(&b)));
}

bool
cmd_opts(struct task *t, struct session *s, struct str arg, struct err *e)
{
	struct str name, rest = { 0 };

	(void)e;
	str_cut(arg, ' ', &name, &rest);
	if (str_ieq(name, STR("UTF8")) || str_ieq(name, STR("UTF-8")))
		return str_ieq(rest, STR("OFF")) ? say(t, s, 504, "Names are UTF-8 always.")
						 : say(t, s, 200, "Names are UTF-8.");
	if (str_ieq(name, STR("MLST")))
		return choose_facts(t, s, rest);
	if (str_ieq(name, STR("HASH")))
		return rest.len == 0 || str_ieq(rest, STR("SHA-256"))
			   ? say(t, s, 200, "SHA-256")
			   : say(t, s, 504, "Expected SHA-256.");
	return say(t, s, 501, "Expected OPTS UTF8, MLST or HASH.");
}

bool
cmd_help(struct task *t, struct session *s, struct str arg, struct err *e)
{
	AUTO(buf) b = BUF(16384);

	(void)e;
	for (size_t i = 0; i < commands_count; i++) {
		if (str_ieq(arg, str_of(commands[i].verb)))
			return say(t, s, 214, "%s", commands[i].help);
		buf_fmt(&b, "  %s\r\n", commands[i].help);
	}
	return say_lines(t, s, 214, "Commands:", buf_view(&b), "End");
}

bool
cmd_syst(struct task *t, struct session *s, struct str arg, struct err *e)
{
	(void)arg, (void)e;
	return say(t, s, 215, "UNIX Type: L8");
}

bool
cmd_noop(struct task *t, struct session *s, struct str arg, struct err *e)
{
	(void)arg, (void)e;
	return say(t, s, 200, "Done.");
}

bool
cmd_allo(struct task *t, struct session *s, struct str arg, struct err *e)
{
	(void)arg, (void)e;
	return say(t, s, 202, "Not needed here.");
}

/* Clients ask for these after an upload and take a refusal for a failure of it. */
bool
cmd_site(struct task *t, struct session *s, struct str arg, struct err *e)
{
	static const char *const harmless[] = { "CHMOD", "UMASK", "IDLE" };
	struct str name, rest;

	(void)e;
	str_cut(arg, ' ', &name, &rest);
	if (name.len == 0 || str_ieq(name, STR("HELP")))
		return say(t, s, 214, "There are no commands of SITE here.");
	for (size_t i = 0; i < nitems(harmless); i++)
		if (str_ieq(name, str_of(harmless[i])))
			return say(t, s, 202, "Permissions are fixed here; nothing changed.");
	if (str_ieq(name, STR("UTIME")))
		return say(t, s, 504, "Set times by MFMT.");
	return say(t, s, 504, "There are no commands of SITE here.");
}

/* ---- what is refused ---- */

bool
cmd_active(struct task *t, struct session *s, struct str arg, struct err *e)
{
	(void)arg, (void)e;
	return say(t, s, 502, "The server opens no connections: use passive mode (EPSV).");
}

bool
cmd_folders(struct task *t, struct session *s, struct str arg, struct err *e)
{
	(void)arg, (void)e;
	return say(t, s, 550, "Folders are fixed by your role: none can be made or removed.");
}

bool
cmd_never(struct task *t, struct session *s, struct str arg, struct err *e)
{
	(void)arg, (void)e;
	return say(t, s, 502, "That is not done here; HELP says what is.");
}

/* ---- during a transfer ---- */

bool
cmd_abor(struct task *t, struct session *s, struct str arg, struct err *e)
{
	(void)arg, (void)e;
	if (s->transfer != NULL) { /* its own task replies, in the right order */
		s->transfer->aborts++;
		data_abort(s->data);
		return true;
	}
	data_close(NULL, &s->data);
	return say(t, s, 226, "There was no transfer to end.");
}
