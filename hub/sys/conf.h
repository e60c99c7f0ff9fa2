/*
 * Settings: one table (conf_table.h) with type, unit, default, limits and help; read from an
 * INI file
 * ("[ingest]\nfile_max = 2G"), overridden by nothing. Sizes take K, M, G; times ms, s, m, h, d.
 * An unknown name, a value out of limits or a bad unit is ERR_CONF with file, line, found,
 * expected.
 */
#ifndef SYS_CONF_H
#define SYS_CONF_H

#include "base/err.h"

enum conf_type { CONF_TEXT, CONF_PATH, CONF_INT, CONF_BYTES, CONF_MS, CONF_BOOL };

enum { CONF_TEXT_SIZE = 256, CONF_LINE_MOST = 512 }; /* bytes, with NUL; of one line */

struct conf {
	char file[256]; /* where it was read from */
			/* clang-format off */
#define CONF_T_TEXT(m)  char m[CONF_TEXT_SIZE]
#define CONF_T_PATH(m)  char m[CONF_TEXT_SIZE]
#define CONF_T_INT(m)   int64_t m
#define CONF_T_BYTES(m) int64_t m
#define CONF_T_MS(m)    int64_t m
#define CONF_T_BOOL(m)  bool m
			/* clang-format on */
#define X(name, type, member, preset, least, most, reload, help) CONF_T_##type(member);
#include "sys/conf_table.h"
#undef X
};

struct conf_row {
	const char *name, *preset, *help;
	enum conf_type type;
	size_t offset;
	int64_t least, most;
	bool reload; /* a change takes effect on SIGHUP */
};
extern const struct conf_row conf_rows[];
extern const size_t conf_count;

/* The file to read: `given`, else $BUSBAR_CONF, else var/busbar.conf below the current folder,
 * else /etc/busbar/busbar.conf. False with ERR_CONF when none is there. */
bool conf_find(const char *given, char *path, size_t size, struct err *e);
void conf_presets(struct conf *c);
/* Presets, and over them what the file says. *c changes only when all of it is right. */
bool conf_read(struct conf *c, const char *path, struct err *e);
/* For SIGHUP: reads c->file again and takes over the settings marked so; *c changes only when
 * all of it is right. *others: how many settings differ that need a restart. */
bool conf_reload(struct conf *c, unsigned *others, struct err *e);
void conf_write_docs(struct buf *markdown); /* docs/settings.md */
/* One value into the member that `row` describes, at `to`. */
bool conf_value(const struct conf_row *row, struct str text, void *to, struct err *e);

#endif
