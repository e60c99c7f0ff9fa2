/* A box: its folders, and the files of one of them. */
#include "box.h"

enum { PAGE = 100, FOLDERS_MOST = 40, FACTS_MOST = 4 };

struct about {
	struct str login, networks;
	int64_t quota_bytes, used_bytes;
	int32_t keep_days, sessions_most;
};
static const struct db_field about_fields[] = {
	DB_TEXT(about, login),
	DB_TEXT(about, networks),
	DB_INT8(about, quota_bytes),
	DB_INT8(about, used_bytes),
	DB_INT4(about, keep_days),
	DB_INT4(about, sessions_most),
};

struct folder {
	struct str folder;
	int64_t files, bytes;
	bool can_put;
};
static const struct db_field folder_fields[] = {
	DB_TEXT(folder, folder),
	DB_INT8(folder, files),
	DB_INT8(folder, bytes),
	DB_BOOL(folder, can_put),
};

struct file {
	struct str name, href;
	int64_t entry, size, modified_at, expires_at;
	bool may_go;
};
static const struct db_field file_fields[] = {
	DB_INT8(file, entry),
	DB_TEXT(file, name),
	DB_INT8(file, size),
	DB_STAMP(file, modified_at),
	DB_STAMP(file, expires_at),
	DB_TEXT(file, href),
	DB_BOOL(file, may_go),
};

/* What the statements say that a page cannot be without: told instead of the page. */
static bool
none(struct task *t, struct page *p, struct err *e)
{
	int status = act_refused(p, e);

	view_c(&p->view, "box", "");
	return status != 0 && page_send(t, p, status, "box.html", e);
}

static bool
put_about(struct page *p, const struct about *a, struct err *e)
{
	struct things f;

	if (!things_begin(&f, p, FACTS_MOST, e))
		return false;
	view_set(&p->view, "box", page_keep(p, a->login));
	view_set(&p->view, "used", page_bytes(p, a->used_bytes));
	view_set(&p->view, "quota", page_bytes(p, a->quota_bytes));
	view_set(&p->view, "days", page_number(p, a->keep_days));
	thing(&f, TEXT_BOX_LOGIN, a->login);
	thing(&f, TEXT_BOX_FULL, page_text(p, TEXT_BOX_OF));
	thing(&f, TEXT_BOX_KEEPS, page_text(p, TEXT_BOX_DAYS));
	things_end(&f);
	return true;
}

static bool
put_folders(struct task *t, struct page *p, struct err *e)
{
	static const struct column columns[] = { { TEXT_BOX_FOLDER, false },
		{ TEXT_BOX_FILES, true }, { TEXT_BOX_BYTES, true }, { TEXT_BOX_WAY, false } };
	AUTO_PTR(rows) rows = act_rows(t, p, SQL_PORTAL_BOX_FOLDERS, ARGS(P_ME(p)), e);
	struct listing l;
	struct folder f;

	if (rows == NULL || !listing_begin(&l, p, "folders", TEXT_BOX_FOLDERS, columns,
				nitems(columns), FOLDERS_MOST, e))
		return false;
	while (ROWS_NEXT(rows, folder_fields, &f)) {
		listing_row(&l);
		listing_link(&l, f.folder, "/box?folder=" STR_FMT, STR_ARG(f.folder));
		listing_number(&l, f.files);
		listing_text(&l, page_bytes(p, f.bytes));
		listing_say(&l, f.can_put ? TEXT_BOX_IN : TEXT_BOX_OUT);
	}
	return listing_end(&l, TEXT_BOX_NO_FOLDERS, TEXT_BOX_NO_FILES_SAY, e);
}

static void
put_file(struct listing *l, const struct file *f)
{
	listing_row(l);
	if (f->may_go)
		listing_link(l, f->name, STR_FMT, STR_ARG(f->href));
	else
		listing_text(l, f->name);
	if (!f->may_go)
		listing_more(l, text_of(l->p->language, TEXT_BOX_STOPPED));
	listing_text(l, page_bytes(l->p, f->size));
	listing_time(l, f->modified_at);
	listing_date(l, f->expires_at);
}

static bool
put_files(struct task *t, struct page *p, struct str folder, struct err *e)
{
	static const struct column columns[] = { { TEXT_BOX_FILE, false },
		{ TEXT_BOX_BYTES, true }, { TEXT_BOX_CAME, false }, { TEXT_BOX_STAYS, false } };
	AUTO_PTR(rows) rows = NULL;
	struct file f = { 0 };
	struct listing l;
	int64_t before = INT64_MAX;

	(void)str_int64(page_query(p, "before"), &before);
	rows = act_rows(t, p, SQL_PORTAL_BOX_FILES,
	    ARGS(P_ME(p), P_STR(folder), P_INT8(before), P_INT4(PAGE)), e);
	if (rows == NULL ||
	    !listing_begin(&l, p, "files", TEXT_BOX_FILES, columns, nitems(columns), PAGE, e))
		return false;
	while (ROWS_NEXT(rows, file_fields, &f))
		put_file(&l, &f);
	if (rows_count(rows) == PAGE)
		listing_next(&l, "before", page_number(p, f.entry));
	return listing_end(&l, TEXT_BOX_NO_FILES, TEXT_BOX_NO_FILES_SAY, e);
}

static bool
see(struct task *t, struct page *p, struct err *e)
{
	struct str folder = page_query(p, "folder");
	AUTO_PTR(rows) keep = NULL;
	struct about a;
	int status;

	act_page(p, NULL, 0);
	status = act_row(t, p, SQL_PORTAL_BOX, ARGS(P_ME(p)), about_fields,
	    nitems(about_fields), &a, &keep, e);
	view_c(&p->view, "reader", (p->me->is & (PORTAL_CSP | PORTAL_REP)) != 0 ? "1" : "");
	if (status == 409) /* no box yet, which is no fault */
		view_c(&p->view, "wrong", "");
	if (status != 200) {
		view_c(&p->view, "box", "");
		return status != 0 &&
		       page_send(t, p, status == 409 ? 200 : status, "box.html", e);
	}
	view_set(&p->view, "folder", page_keep(p, folder));
	if (!put_about(p, &a, e) || !put_folders(t, p, e) ||
	    (folder.len > 0 && !put_files(t, p, folder, e)))
		return none(t, p, e);
	return page_send(t, p, 200, "box.html", e);
}

bool
box_get(struct task *t, struct call *c, struct err *e)
{
	return me_page(t, c, see, e);
}
