/* See sshsig.h. */
#include "sys/sshsig.h"

static bool
ignore(void *self, const void *bytes, size_t len, struct err *e)
{
	(void)self, (void)bytes, (void)len, (void)e;
	return true;
}

/* One line of an allowed_signers file: anybody who has this key is "owner". */
static bool
signers(struct buf *to, struct str key, struct err *e)
{
	struct str type, body, rest;

	str_cut(str_trim(key), ' ', &type, &rest);
	str_cut(str_trim(rest), ' ', &body, &rest);
	for (size_t i = 0; i < type.len + body.len; i++) {
		char c = i < type.len ? type.at[i] : body.at[i - type.len];

		if (c <= ' ' || c > '~' || c == '"' || c == '#')
			return err(
			    e, ERR_BAD_INPUT, "the key is not one line of type and base64");
	}
	buf_fmt(to, "owner " STR_FMT " " STR_FMT "\n", STR_ARG(type), STR_ARG(body));
	return buf_ok(to) || err(e, ERR_TOO_BIG, "the key is too long");
}

bool
sshsig_check(struct str key, struct str signature, const char *name_space, struct str message,
    struct err *e)
{
	const char *const argv[] = { "/usr/bin/ssh-keygen", "-Y", "verify", "-f",
		"/proc/self/fd/3", "-I", "owner", "-n", name_space, "-s", "/proc/self/fd/4",
		NULL };
	AUTO(buf) line = BUF(SSHSIG_MOST);
	AUTO_FD allowed = -1;
	AUTO_FD signed_by = -1;
	AUTO_PTR(child) c = NULL;
	struct err why = { .code = ERR_NONE };

	if (signature.len > SSHSIG_MOST)
		return err(e, ERR_TOO_BIG, "the signature is too long");
	if (!signers(&line, key, e) || (allowed = child_file(buf_view(&line), e)) < 0 ||
	    (signed_by = child_file(signature, e)) < 0 ||
	    (c = child_begin(argv, (int[]){ allowed, signed_by }, ignore, NULL, e)) == NULL)
		return false;
	if (child_add(c, message.at, message.len, &why) && child_end(c, &why))
		return true;
	return why.code == ERR_BAD_INPUT
		   ? err(e, ERR_BAD_INPUT,
			 "the signature is not by that key over \"" STR_FMT
			 "\" for the namespace %s",
			 STR_ARG(message), name_space)
		   : err(e, why.code, "%s", why.text);
}
