/*
 * The box as a list, and the files that the caller's party sent: what is sent by POST goes
 * where an upload into the box goes (box/box_put.c), so its receipt means the same.
 */
#include "body.h"

enum { PAGE = 100, PAGE_MOST = 1000 };

bool
v1_box(struct task *t, struct call *c, struct err *e)
{
	return call_only(c, "", e) && v1_body(t, c, SQL_V1_BOX, ARGS(P_SHOWN(c)), 200, e);
}

bool
v1_box_files(struct task *t, struct call *c, struct err *e)
{
	int64_t most;

	return call_only(c, "cursor limit", e) && v1_page(c, PAGE, PAGE_MOST, &most, e) &&
	       v1_body(t, c, SQL_V1_BOX_FILES,
		   ARGS(P_SHOWN(c), P_TEXT(c->param[0]), P_STR(v1_query(c, "cursor")),
		       P_INT4((int32_t)most)),
		   200, e);
}

bool
v1_files(struct task *t, struct call *c, struct err *e)
{
	struct param before;
	int64_t most;

	return call_only(c, "state cursor limit", e) &&
	       v1_query_number(c, "cursor", &before, e) &&
	       v1_page(c, PAGE, PAGE_MOST, &most, e) &&
	       v1_body(t, c, SQL_V1_FILES,
		   ARGS(P_SHOWN(c), P_STR(v1_query(c, "state")), before, P_INT4((int32_t)most)),
		   200, e);
}

bool
v1_file(struct task *t, struct call *c, struct err *e)
{
	return call_only(c, "", e) &&
	       v1_body(t, c, SQL_V1_FILE, ARGS(P_SHOWN(c), P_INT8(v1_number(c))), 200, e);
}

bool
v1_file_rejects(struct task *t, struct call *c, struct err *e)
{
	struct param after;
	int64_t most;

	return call_only(c, "cursor limit", e) && v1_query_number(c, "cursor", &after, e) &&
	       v1_page(c, PAGE, PAGE_MOST, &most, e) &&
	       v1_body(t, c, SQL_V1_FILE_REJECTS,
		   ARGS(P_SHOWN(c), P_INT8(v1_number(c)), after, P_INT4((int32_t)most)), 200,
		   e);
}

/* Into the folder `in` of the caller's box, under the name of the address. */
bool
v1_file_post(struct task *t, struct call *c, struct err *e)
{
	struct str name;

	if (!call_only(c, "name", e))
		return false;
	if (!call_query(c, "name", &name) || name.len == 0)
		return err(e, ERR_USAGE, "the file's name is missing, expected ?name=…");
	str_copy(c->param[0], sizeof c->param[0], STR("in"));
	if (!str_copy(c->param[1], sizeof c->param[1], name))
		return err(e, ERR_USAGE, "the file's name is too long");
	return box_upload(t, c, e);
}
