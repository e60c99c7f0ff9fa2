/* The command table; a row says what must hold before its handler is called. */
#include "commands.h"

#include <string.h>

/* clang-format off */
const struct command commands[] = {
	/* verb,  argument, needs,          handler,     help,                                       feat */
	{ "ABOR", ARG_NONE, TLS | DURING,   cmd_abor,    "ABOR                ends the transfer that runs", NULL },
	{ "ACCT", ARG_MAY,  TLS,            cmd_never,   "ACCT                not needed here",      NULL },
	{ "ALLO", ARG_MAY,  LOGIN,          cmd_allo,    "ALLO <bytes>        not needed here",      NULL },
	{ "APPE", ARG_MUST, DATA | OFFSET,  cmd_appe,    "APPE <path>         goes on with an upload", NULL },
	{ "AUTH", ARG_MUST, 0,              cmd_auth,    "AUTH TLS            protects this connection", "AUTH TLS" },
	{ "CCC",  ARG_MAY,  TLS,            cmd_ccc,     "CCC                 refused: both connections stay protected", NULL },
	{ "CDUP", ARG_NONE, LOGIN,          cmd_cdup,    "CDUP                to the folder above",  NULL },
	{ "CLNT", ARG_MUST, 0,              cmd_clnt,    "CLNT <name>         tells what program you use", "CLNT" },
	{ "CWD",  ARG_MUST, LOGIN,          cmd_cwd,     "CWD <path>          to another folder",    NULL },
	{ "DELE", ARG_MUST, LOGIN,          cmd_dele,    "DELE <path>         removes a file, or what arrived of an upload", NULL },
	{ "EPRT", ARG_MAY,  LOGIN,          cmd_active,  "EPRT                refused: passive mode only", NULL },
	{ "EPSV", ARG_MAY,  LOGIN,          cmd_epsv,    "EPSV [1|2|ALL]      announces a data connection", "EPSV" },
	{ "FEAT", ARG_NONE, DURING,         cmd_feat,    "FEAT                what this server can do", NULL },
	{ "HASH", ARG_MUST, LOGIN,          cmd_hash,    "HASH <path>         SHA-256 of a file",    "HASH SHA-256*" },
	{ "HELP", ARG_MAY,  DURING,         cmd_help,    "HELP [command]      this",                 NULL },
	{ "HOST", ARG_MUST, 0,              cmd_host,    "HOST <name>         which server you mean", "HOST" },
	{ "LIST", ARG_MAY,  DATA,           cmd_list,    "LIST [path]         lists a folder for people", NULL },
	{ "MDTM", ARG_MUST, LOGIN,          cmd_mdtm,    "MDTM <path>         time of a file",       "MDTM" },
	{ "MFMT", ARG_MUST, LOGIN,          cmd_mfmt,    "MFMT <time> <path>  sets the time of a file", "MFMT" },
	{ "MKD",  ARG_MAY,  LOGIN,          cmd_folders, "MKD                 refused: folders are fixed", NULL },
	{ "MLSD", ARG_MAY,  DATA,           cmd_mlsd,    "MLSD [path]         lists a folder for programs", NULL },
	{ "MLST", ARG_MAY,  LOGIN,          cmd_mlst,    "MLST [path]         facts of one file or folder", NULL },
	{ "MODE", ARG_MUST, LOGIN,          cmd_mode,    "MODE S              stream, the only mode", NULL },
	{ "NLST", ARG_MAY,  DATA,           cmd_nlst,    "NLST [path]         names only",           NULL },
	{ "NOOP", ARG_MAY,  DURING,         cmd_noop,    "NOOP                nothing",              NULL },
	{ "OPTS", ARG_MUST, 0,              cmd_opts,    "OPTS UTF8 ON | MLST <facts> | HASH <name>", NULL },
	{ "PASS", ARG_MAY,  TLS,            cmd_pass,    "PASS <password>     logs in",              NULL },
	{ "PASV", ARG_NONE, LOGIN,          cmd_pasv,    "PASV                announces a data connection (IPv4)", "PASV" },
	{ "PBSZ", ARG_MUST, TLS,            cmd_pbsz,    "PBSZ 0              comes before PROT",    "PBSZ" },
	{ "PORT", ARG_MAY,  LOGIN,          cmd_active,  "PORT                refused: passive mode only", NULL },
	{ "PROT", ARG_MUST, TLS,            cmd_prot,    "PROT P              data connections are protected", "PROT" },
	{ "PWD",  ARG_NONE, LOGIN,          cmd_pwd,     "PWD                 the folder you are in", NULL },
	{ "QUIT", ARG_NONE, 0,              cmd_quit,    "QUIT                goodbye",              NULL },
	{ "REIN", ARG_NONE, TLS,            cmd_never,   "REIN                connect again instead", NULL },
	{ "REST", ARG_MUST, LOGIN,          cmd_rest,    "REST <offset>       where the next RETR or STOR goes on", "REST STREAM" },
	{ "RETR", ARG_MUST, DATA | OFFSET,  cmd_retr,    "RETR <path>         sends a file to you",  NULL },
	{ "RMD",  ARG_MAY,  LOGIN,          cmd_folders, "RMD                 refused: folders are fixed", NULL },
	{ "RNFR", ARG_MUST, LOGIN | RENAMES, cmd_rnfr,   "RNFR <path>         what to rename",       NULL },
	{ "RNTO", ARG_MUST, LOGIN,          cmd_rnto,    "RNTO <path>         its new name",         NULL },
	{ "SITE", ARG_MAY,  LOGIN,          cmd_site,    "SITE HELP           there is nothing of its own here", NULL },
	{ "SIZE", ARG_MUST, LOGIN,          cmd_size,    "SIZE <path>         bytes of a file, or of what arrived of it", "SIZE" },
	{ "SMNT", ARG_MAY,  LOGIN,          cmd_never,   "SMNT                not needed here",      NULL },
	{ "STAT", ARG_MAY,  TLS | DURING,   cmd_stat,    "STAT [path]         how things are",       NULL },
	{ "STOR", ARG_MUST, DATA | OFFSET,  cmd_stor,    "STOR <path>         takes a file from you", NULL },
	{ "STOU", ARG_MAY,  LOGIN,          cmd_never,   "STOU                refused: give the file its name, by STOR", NULL },
	{ "STRU", ARG_MUST, LOGIN,          cmd_stru,    "STRU F              file, the only structure", NULL },
	{ "SYST", ARG_NONE, 0,              cmd_syst,    "SYST                what lists look like", NULL },
	{ "TYPE", ARG_MUST, LOGIN,          cmd_type,    "TYPE I | A          files go in I only",   "TVFS" },
	{ "USER", ARG_MUST, TLS,            cmd_user,    "USER <name>         who you are",          "UTF8" },
	{ "XCRC", ARG_MUST, LOGIN,          cmd_xcrc,    "XCRC <path>         CRC-32 of a file",     "XCRC" },
	{ "XCUP", ARG_NONE, LOGIN,          cmd_cdup,    "XCUP                as CDUP",              NULL },
	{ "XCWD", ARG_MUST, LOGIN,          cmd_cwd,     "XCWD <path>         as CWD",               NULL },
	{ "XMKD", ARG_MAY,  LOGIN,          cmd_folders, "XMKD                as MKD",               NULL },
	{ "XPWD", ARG_NONE, LOGIN,          cmd_pwd,     "XPWD                as PWD",               NULL },
	{ "XRMD", ARG_MAY,  LOGIN,          cmd_folders, "XRMD                as RMD",               NULL },
	{ "XSHA256", ARG_MUST, LOGIN,       cmd_xsha256, "XSHA256 <path>      SHA-256 of a file",    "XSHA256" },
};
/* clang-format on */
const size_t commands_count = nitems(commands);

const struct command *
command_find(const char *verb)
{
	size_t from = 0, to = commands_count;

	while (from < to) {
		size_t mid = from + (to - from) / 2;
		int order = strcmp(verb, commands[mid].verb);

		if (order == 0)
			return &commands[mid];
		if (order < 0)
			to = mid;
		else
			from = mid + 1;
	}
	return NULL;
}
