/* busbar status: the hub in a few numbers. */
#include "cli/commands.h"
#include "cli/list.h"

enum { NAME_SIZE = 80 };

static const struct list_column columns[] = {
	{ "name", "WHAT", CELL_TEXT },
	{ "value", "VALUE", CELL_TEXT },
};

/* "files.waiting" is the member files_waiting; what is a number stays one. */
static void
add_member(struct json *j, struct str name, struct str value)
{
	char member[NAME_SIZE];
	int64_t n;

	str_copy(member, sizeof member, name);
	for (char *c = member; *c != '\0'; c++)
		*c = *c == '.' ? '_' : *c;
	if (str_int64(value, &n))
		json_int(j, member, n);
	else
		json_text(j, member, value);
}

/* One object with a member for each row, unlike other lists: its names are what one looks up.
 */
static bool
print_object(const struct list *l, struct err *e)
{
	AUTO(buf) b = BUF(64 * 1024);
	struct json j = json_to(&b);

	json_open(&j, NULL);
	json_text(&j, "version", str_of(BUSBAR_VERSION));
	for (size_t row = 0; row < list_count(l); row++)
		add_member(&j, list_cell(l, row, 0).text, list_cell(l, row, 1).text);
	json_end(&j);
	buf_byte(&b, '\n');
	if (!buf_ok(&b))
		return err(e, ERR_TOO_BIG, "the status is too large to print");
	return cli_out(buf_view(&b), e);
}

static bool
run(struct task *t, struct cli *cli, const void *args, struct err *e)
{
	AUTO(list) l = LIST(columns);
	AUTO_PTR(conn) c = cli_lease(t, cli, e);

	(void)args;
	if (c == NULL || !list_rows(&l, t, c, SQL_OPS_STATUS, NO_ARGS, e))
		return false;
	return cli->json ? print_object(&l, e) : list_print(&l, cli, e);
}

const struct command cmd_status = {
	.name = "status",
	.help = "show how the hub is: files waiting, premises, reads, size",
	.needs = NEEDS_CONF,
	.run = run,
};
