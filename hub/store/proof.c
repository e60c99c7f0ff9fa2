/* Verifiers of passwords, tokens, keys and certificates. */
#include "store/proof.h"

#include <string.h>

#include "base/code.h"

enum { PASSWORD_CHARS = 24, TOKEN_BYTES = 32 };

/* ---- passwords and tokens ---- */

void
proof_new_password(char to[MADE_SIZE])
{
	/* 32 signs, so that each takes five bits of a byte: 120 bits in all */
	static const char signs[] = "abcdefghijkmnpqrstuvwxyz23456789";
	unsigned char bytes[PASSWORD_CHARS];

	_Static_assert(sizeof signs == 32 + 1, "five bits");
	secret_random(bytes, sizeof bytes);
	for (size_t i = 0; i < PASSWORD_CHARS; i++)
		to[i] = signs[bytes[i] % 32];
	to[PASSWORD_CHARS] = '\0';
	secret_wipe(bytes, sizeof bytes);
}

bool
proof_of_password(struct proof *p, struct str password,
    const unsigned char salt[SECRET_SALT_BYTES], struct err *e)
{
	unsigned char derived[SECRET_DERIVED_BYTES];

	if (password.len < PASSWORD_LEAST || password.len > PASSWORD_MOST)
		return err(e, ERR_BAD_INPUT, "the password has %zu bytes, expected %d to %d",
		    password.len, PASSWORD_LEAST, PASSWORD_MOST);
	if (!str_utf8(password))
		return err(e, ERR_BAD_INPUT, "the password is not UTF-8");
	for (size_t i = 0; i < password.len; i++)
		if ((unsigned char)password.at[i] < 0x20 || password.at[i] == 0x7f)
			return err(e, ERR_BAD_INPUT, "the password has a control character");
	*p = (struct proof){ .kind = "PASSWORD", .salted = true };
	memcpy(p->salt, salt, sizeof p->salt);
	if (!secret_derive(derived, password, p->salt, e))
		return false;
	digest_of(derived, sizeof derived, p->verifier);
	secret_wipe(derived, sizeof derived);
	return true;
}

void
proof_new_token(struct proof *p, char to[MADE_SIZE])
{
	unsigned char bytes[TOKEN_BYTES];

	_Static_assert(code_b64u_size(TOKEN_BYTES) <= MADE_SIZE, "token");
	*p = (struct proof){ .kind = "TOKEN" };
	secret_random(bytes, sizeof bytes);
	code_b64u(to, bytes, sizeof bytes);
	digest_of(to, strlen(to), p->verifier);
	secret_wipe(bytes, sizeof bytes);
}

/* ---- keys and certificates ---- */

/* Base64 (RFC 4648 section 4), with blanks and line ends in it when `lines`. */
static bool
unbase64(struct buf *to, struct str text, bool lines)
{
	AUTO(buf) url = BUF(PROOF_FILE_MOST);
	size_t len;
	char *room;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (lines && (c == '\n' || c == '\r' || c == ' ' || c == '\t'))
			continue;
		if (c == '-' || c == '_')
			return false;
		buf_byte(&url, c == '+' ? '-' : c == '/' ? '_' : c);
	}
	while (url.len > 0 && url.at[url.len - 1] == '=')
		url.len--;
	if (!buf_ok(&url) || url.len < 2 || url.len % 4 == 1)
		return false;
	len = url.len * 3 / 4;
	room = buf_room(to, len);
	if (room == NULL || !code_unb64u(room, len, buf_view(&url)))
		return false;
	buf_grew(to, len);
	return true;
}

bool
proof_of_ssh_key(struct proof *p, struct str text, struct err *e)
{
	static const char *const types[] = { "ssh-ed25519", "ecdsa-sha2-nistp256",
		"ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa",
		"sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com" };
	enum { RSA_LEAST = 270 }; /* bytes of a key of 2048 bits */
	AUTO(buf) blob = BUF(PROOF_FILE_MOST);
	struct str line = str_trim(text), type, rest, body;
	size_t i = 0;

	if (str_starts(line, "-----BEGIN"))
		return err(e, ERR_BAD_FILE,
		    "this is a private key or a certificate, expected the file NAME.pub");
	str_cut(line, ' ', &type, &rest);
	str_cut(str_trim(rest), ' ', &body, &rest);
	while (i < nitems(types) && !str_is(type, types[i]))
		i++;
	if (i == nitems(types))
		return err(e, ERR_BAD_FILE,
		    "the file does not begin with a type of key as ssh-ed25519");
	/* the key names its type again: a length in four bytes, then the name */
	if (!unbase64(&blob, body, false) || blob.len < 4 + type.len + 4 ||
	    get_be32(blob.at) != type.len || memcmp(blob.at + 4, type.at, type.len) != 0)
		return err(e, ERR_BAD_FILE, "what follows the type is not a key of that type");
	if (str_is(type, "ssh-rsa") && blob.len < RSA_LEAST)
		return err(
		    e, ERR_BAD_FILE, "the RSA key is too short, expected 2048 bits or more");
	*p = (struct proof){ .kind = "SSH_KEY" };
	digest_of(blob.at, blob.len, p->verifier);
	return true;
}

/* DER of one SEQUENCE that fills all of it, its length in two or three bytes: no certificate
 * has fewer than 128. */
static bool
is_sequence(struct str der)
{
	const unsigned char *at = (const unsigned char *)der.at;

	if (der.len < 5 || at[0] != 0x30)
		return false;
	if (at[1] == 0x81)
		return der.len == 3 + (size_t)at[2];
	return at[1] == 0x82 && der.len == 4 + ((size_t)at[2] << 8 | at[3]);
}

/* What stands behind the first `mark`, and before it; false when it is not there. */
static bool
cut_at(struct str text, struct str mark, struct str *before, struct str *behind)
{
	const char *at = text.len == 0 ? NULL : memmem(text.at, text.len, mark.at, mark.len);

	if (at == NULL)
		return false;
	*before = (struct str){ text.at, (size_t)(at - text.at) };
	*behind = (struct str){ at + mark.len, text.len - before->len - mark.len };
	return true;
}

bool
proof_of_certificate(struct proof *p, struct str text, struct err *e)
{
	AUTO(buf) der = BUF(PROOF_FILE_MOST);
	struct str before, body, rest;

	if (!cut_at(text, STR("-----BEGIN CERTIFICATE-----"), &before, &body))
		buf_str(&der, text);
	else if (!cut_at(body, STR("-----END CERTIFICATE-----"), &before, &rest) ||
		 !unbase64(&der, before, true))
		return err(e, ERR_BAD_FILE, "the PEM certificate is not whole");
	if (!buf_ok(&der) || !is_sequence(buf_view(&der)))
		return err(e, ERR_BAD_FILE,
		    "the file is not a certificate, expected one in PEM or DER");
	*p = (struct proof){ .kind = "CERTIFICATE" };
	digest_of(der.at, der.len, p->verifier);
	return true;
}
