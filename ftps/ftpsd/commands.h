/* The commands, as a table. */
#ifndef FTPSD_COMMANDS_H
#define FTPSD_COMMANDS_H

#include "session.h"

/* Runs it and replies; false: nothing was replied yet, and e says why. */
typedef bool command_fn(struct task *t, struct session *s, struct str arg, struct err *e);

enum command_arg { ARG_NONE, ARG_MAY, ARG_MUST };
enum {
	TLS = 1,      /* what it needs: the control connection is protected */
	LOGIN = 2,    /* ... and somebody has logged in */
	DATA = 4,     /* ... and a data connection is announced, and will be protected */
	DURING = 8,   /* is answered while a transfer runs */
	OFFSET = 16,  /* what REST said stays for it */
	RENAMES = 32, /* what RNFR said stays for it */
};

struct command {
	const char *verb;
	enum command_arg arg;
	unsigned needs;
	command_fn *run;
	const char *help; /* of HELP */
	const char *feat; /* its line of FEAT, or NULL */
};

extern const struct command commands[];
extern const size_t commands_count;
const struct command *command_find(const char *verb);

command_fn cmd_auth, cmd_pbsz, cmd_prot, cmd_ccc, cmd_user, cmd_pass, cmd_host, cmd_clnt,
    cmd_quit;
command_fn cmd_type, cmd_mode, cmd_stru, cmd_opts, cmd_rest, cmd_feat, cmd_help, cmd_syst,
    cmd_noop;
command_fn cmd_allo, cmd_site, cmd_stat, cmd_abor;
command_fn cmd_epsv, cmd_pasv;
command_fn cmd_retr, cmd_stor, cmd_appe, cmd_list, cmd_nlst, cmd_mlsd, cmd_mlst;
command_fn cmd_pwd, cmd_cwd, cmd_cdup, cmd_size, cmd_mdtm, cmd_mfmt, cmd_dele, cmd_rnfr,
    cmd_rnto;
command_fn cmd_hash, cmd_xsha256, cmd_xcrc;
/* Not done here: the reply says why. */
command_fn cmd_active, cmd_folders, cmd_never;

#endif
