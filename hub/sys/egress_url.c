/* URLs that partners give, read strictly: what two readers could understand in two ways is
 * refused (percent signs, backslashes, octal and hexadecimal numbers, a second '@'). */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "sys/egress.h"

static const struct {
	const char *scheme;
	enum egress_kind kind;
	bool implicit;
	int port;
} schemes[] = {
	{ "sftp://", EGRESS_SFTP, false, 22 },
	{ "ftpes://", EGRESS_FTPS, false, 21 },
	{ "ftps://", EGRESS_FTPS, true, 990 },
	{ "https://", EGRESS_HTTPS, false, 443 },
};

static const char *const kind_names[EGRESS_KINDS] = { "SFTP", "FTPS", "HTTPS" };

const char *
egress_kind_name(enum egress_kind k)
{
	return kind_names[k];
}

bool
egress_kind_read(struct str name, enum egress_kind *k)
{
	for (size_t i = 0; i < EGRESS_KINDS; i++)
		if (str_is(name, kind_names[i])) {
			*k = (enum egress_kind)i;
			return true;
		}
	return false;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A name whose last label a resolver could take for a number is an IPv4 address or nothing:
 * 127.1, 0x7f.1 and 2130706433 are all this machine. */
static bool
numeric(struct str host)
{
	size_t from = host.len;

	while (from > 0 && host.at[from - 1] != '.')
		from--;
	return from < host.len && is_digit(host.at[from]);
}

static bool
label_ok(struct str label)
{
	if (label.len == 0 || label.len > 63 || label.at[0] == '-' ||
	    label.at[label.len - 1] == '-')
		return false;
	for (size_t i = 0; i < label.len; i++)
		if (!is_letter(label.at[i]) && !is_digit(label.at[i]) && label.at[i] != '-' &&
		    label.at[i] != '_')
			return false;
	return true;
}

bool
egress_host_ok(struct str host, struct err *e)
{
	struct str rest = host, label;
	char text[EGRESS_HOST_SIZE];
	unsigned char at[16];
	bool more = true;

	if (host.len == 0 || !str_copy(text, sizeof text, host) || strlen(text) != host.len)
		return err(e, ERR_BAD_INPUT, "the host is missing or too long");
	if (memchr(host.at, ':', host.len) != NULL)
		return inet_pton(AF_INET6, text, at) == 1 ||
		       err(e, ERR_BAD_INPUT, "host \"%s\" is not an IPv6 address", text);
	if (numeric(host))
		return inet_pton(AF_INET, text, at) == 1 ||
		       err(e, ERR_BAD_INPUT,
			   "host \"%s\", expected a name or four decimal numbers", text);
	while (more) {
		more = str_cut(rest, '.', &label, &rest);
		if (!label_ok(label))
			return err(e, ERR_BAD_INPUT, "host \"%s\" is not a DNS name", text);
	}
	return true;
}

bool
egress_path_ok(struct str path, struct err *e)
{
	struct str rest = path, name;
	bool more = true;

	if (path.len == 0 || str_is(path, "/"))
		return true;
	if (path.len >= EGRESS_PATH_SIZE || !str_utf8(path))
		return err(e, ERR_BAD_INPUT, "the path is too long or not UTF-8");
	for (size_t i = 0; i < path.len; i++)
		if ((unsigned char)path.at[i] < 0x20 || path.at[i] == 0x7f ||
		    strchr("%\\?#", path.at[i]) != NULL)
			return err(e, ERR_BAD_INPUT,
			    "the path has a control character or one of %% \\ ? #");
	if (rest.at[0] == '/')
		rest = (struct str){ rest.at + 1, rest.len - 1 };
	while (more) {
		more = str_cut(rest, '/', &name, &rest);
		if (name.len == 0 || str_is(name, ".") || str_is(name, ".."))
			return err(e, ERR_BAD_INPUT, "the path has an empty name, . or ..");
	}
	return true;
}

/* "host", "host:port", "[v6]" and "[v6]:port". */
static bool
read_place(struct egress_url *u, struct str place, struct err *e)
{
	struct str host = place, port = { NULL, 0 };
	int64_t n;
	bool given;

	if (str_starts(place, "[")) {
		if (!str_cut(place, ']', &host, &port) || (port.len > 0 && port.at[0] != ':'))
			return err(e, ERR_BAD_INPUT, "expected [ADDRESS]:PORT");
		host = (struct str){ host.at + 1, host.len - 1 };
		given = port.len > 0;
		port = given ? (struct str){ port.at + 1, port.len - 1 } : port;
		if (memchr(host.at, ':', host.len) == NULL)
			return err(e, ERR_BAD_INPUT, "brackets are for IPv6 addresses");
	} else {
		given = str_cut(place, ':', &host, &port);
		if (given && memchr(port.at, ':', port.len) != NULL)
			return err(e, ERR_BAD_INPUT, "an IPv6 address stands in brackets");
	}
	if (given && (!str_int64(port, &n) || n < 1 || n > 65535 || port.at[0] == '0'))
		return err(e, ERR_BAD_INPUT, "port \"" STR_FMT "\", expected 1 to 65535",
		    STR_ARG(port));
	if (given)
		u->port = (int)n;
	if (!egress_host_ok(host, e))
		return false;
	str_copy(u->host, sizeof u->host, host);
	for (char *c = u->host; *c != '\0'; c++)
		*c = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
	return true;
}

static bool
read_login(struct egress_url *u, struct str login, struct err *e)
{
	for (size_t i = 0; i < login.len; i++)
		if (strchr(":@/%\\\"'", login.at[i]) != NULL ||
		    (unsigned char)login.at[i] <= 0x20 || login.at[i] == 0x7f)
			return err(e, ERR_BAD_INPUT,
			    "the login holds a character that it may not; a password never "
			    "stands "
			    "in the URL");
	return (login.len > 0 && str_utf8(login) &&
		   str_copy(u->login, sizeof u->login, login)) ||
	       err(e, ERR_BAD_INPUT, "the login is empty or too long");
}

static bool
read_path(struct egress_url *u, struct str path, struct err *e)
{
	if (path.len > 1 && path.at[path.len - 1] == '/')
		path.len--;
	if (str_is(path, "/~"))
		path = (struct str){ path.at, 0 };
	else if (str_starts(path, "/~/"))
		path = (struct str){ path.at + 3, path.len - 3 };
	if (!egress_path_ok(path, e))
		return false;
	str_copy(u->path, sizeof u->path, path);
	return true;
}

bool
egress_url_read(struct egress_url *u, struct str url, struct err *e)
{
	struct str rest = { NULL, 0 }, place, login, host;
	size_t slash;

	memset(u, 0, sizeof *u);
	for (size_t i = 0; i < nitems(schemes) && rest.at == NULL; i++)
		if (str_starts(url, schemes[i].scheme)) {
			size_t n = strlen(schemes[i].scheme);

			u->kind = schemes[i].kind;
			u->implicit = schemes[i].implicit;
			u->port = schemes[i].port;
			rest = (struct str){ url.at + n, url.len - n };
		}
	if (rest.at == NULL)
		return err(e, ERR_BAD_INPUT,
		    "expected a URL that begins with sftp://, ftpes://, ftps:// or https://");
	for (slash = 0; slash < rest.len && rest.at[slash] != '/'; slash++)
		;
	place = (struct str){ rest.at, slash };
	rest = (struct str){ rest.at + slash, rest.len - slash };
	if (str_cut(place, '@', &login, &host)) {
		if (!read_login(u, login, e))
			return false;
		place = host;
	}
	return read_place(u, place, e) && read_path(u, rest, e);
}
