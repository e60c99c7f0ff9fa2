/* What OAuth needs no more: requests of customers that are long over. */
#include "oauth.h"
#include "rt/log.h"

enum { FIRST_MS = 2000, EVERY_MS = 600000, LIMIT_MS = 60000 };

void
oauth_purge_run(struct task *t, void *arg)
{
	struct api *api = arg;
	struct gone_row {
		int32_t gone;
	} row;
	static const struct db_field fields[] = { DB_INT4(gone_row, gone) };
	struct err e = { 0 };
	uint32_t wait_ms = FIRST_MS;

	while (task_sleep(t, wait_ms, &e)) {
		struct err why = { 0 };
		AUTO_PTR(conn) c = NULL;

		wait_ms = EVERY_MS;
		task_deadline(t, LIMIT_MS);
		c = db_lease(t, api->door.db, &why);
		if (c == NULL || db_one(t, c, SQL_V1_OAUTH_PURGE, NO_ARGS, fields,
				     nitems(fields), &row, NULL, &why) != DB_FOUND)
			log_warn(t, "oauth.purge", "says=\"%s\"", why.text);
		else if (row.gone > 0)
			log_info(t, "oauth.purge", "gone=%d", (int)row.gone);
		task_deadline(t, 0);
	}
}
