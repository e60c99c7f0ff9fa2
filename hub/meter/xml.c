/*
 * The order of things in libxml2's push parser decides the shape here. It guesses an encoding
 * from the first four bytes and obeys the declaration's, which may load converters; so the
 * first bytes and the declaration are looked at before it sees any, and it is told to ignore
 * the latter. It reports errors through a callback in the middle of parsing; the first one is
 * kept in `failed` and the parser stopped, and xml_feed hands it out.
 */
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "meter/xml.h"

struct xml {
	xmlParserCtxtPtr parser;
	struct xml_sink sink;
	struct err failed; /* code != ERR_NONE: the first fault, and nothing more is taken */
	bool begun;	   /* the declaration has been looked at */
	struct buf head;   /* bytes held back until then */
	unsigned depth;
	/* text of the open elements, one behind the other; where each one's begins */
	struct buf text;
	size_t text_from[XML_DEPTH_MOST + 1];
	struct xml_attribute attributes[XML_ATTRIBUTES_MOST];
};

static struct str
of(const xmlChar *c)
{
	return str_of((const char *)c);
}

/* ---- what libxml2 calls ---- */

static uint64_t
line_of(const struct xml *x)
{
	int line = xmlSAX2GetLineNumber(x->parser);

	return line > 0 ? (uint64_t)line : 0;
}

static void PRINTF_LIKE(2, 3) fail(struct xml *x, const char *fmt, ...)
{
	va_list ap;
	char words[128];

	if (x->failed.code != ERR_NONE)
		return;
	va_start(ap, fmt);
	vsnprintf(words, sizeof(words), fmt, ap);
	va_end(ap);
	err(&x->failed, ERR_BAD_FILE, "line %" PRIu64 ": %s", line_of(x), words);
	xmlStopParser(x->parser);
}

static void
on_start(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int spaces,
    const xmlChar **space_list, int n, int presets, const xmlChar **list)
{
	struct xml *x = ctx;

	(void)prefix, (void)spaces, (void)space_list, (void)presets;
	if (x->failed.code != ERR_NONE)
		return;
	if (x->depth == XML_DEPTH_MOST)
		return fail(x, "elements are nested more than %d deep", XML_DEPTH_MOST);
	if (n > XML_ATTRIBUTES_MOST)
		return fail(x, "%d attributes in one element, at most %d are accepted", n,
		    XML_ATTRIBUTES_MOST);
	/* five pointers each: name, prefix, namespace, first and behind the last byte */
	for (int i = 0; i < n; i++) {
		const char *from = (const char *)list[5 * i + 3];
		const char *to = (const char *)list[5 * i + 4];

		x->attributes[i].name = list[5 * i + 1] == NULL ? of(list[5 * i]) : STR("");
		x->attributes[i].value = (struct str){ from, (size_t)(to - from) };
	}
	x->text_from[x->depth++] = x->text.len;

	struct xml_element element = {
		.space = of(uri),
		.name = of(name),
		.attributes = x->attributes,
		.n = (size_t)n,
		.depth = x->depth,
		.line = line_of(x),
	};
	if (!x->sink.start(x->sink.self, &element, &x->failed))
		xmlStopParser(x->parser);
}

static void
on_end(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct xml *x = ctx;
	struct str text;
	size_t from;

	(void)prefix;
	if (x->failed.code != ERR_NONE || x->depth == 0)
		return;
	struct xml_element element = {
		.space = of(uri),
		.name = of(name),
		.depth = x->depth,
		.line = line_of(x),
	};
	from = x->text_from[--x->depth];
	text = (struct str){ x->text.at + from, x->text.len - from };
	if (text.len == 0)
		text = STR("");
	if (!x->sink.end(x->sink.self, &element, text, &x->failed))
		xmlStopParser(x->parser);
	x->text.len = from;
}

static void
on_text(void *ctx, const xmlChar *bytes, int len)
{
	struct xml *x = ctx;

	if (x->failed.code != ERR_NONE || x->depth == 0)
		return;
	if (x->text.len - x->text_from[x->depth - 1] + (size_t)len > XML_TEXT_MOST)
		return fail(x, "more than %d bytes of text in one element", XML_TEXT_MOST);
	buf_add(&x->text, bytes, (size_t)len);
}

static void
on_doctype(void *ctx, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
	struct xml *x = ctx;

	(void)name, (void)external, (void)system;
	fail(x, "a document type declaration (<!DOCTYPE), which is not accepted");
}

/* Without a DOCTYPE there is no entity to be found; the five of XML never come here. */
static xmlEntityPtr
on_entity(void *ctx, const xmlChar *name)
{
	(void)ctx, (void)name;
	return NULL;
}

static void
on_error(void *ctx, xmlErrorPtr error)
{
	struct xml *x = ctx;
	struct str words, more;

	if (error->level < XML_ERR_ERROR || x->failed.code != ERR_NONE)
		return;
	/* a prefix without declaration is common in the field and does no harm */
	if (error->domain == XML_FROM_NAMESPACE)
		return;
	str_cut(str_of(error->message), '\n', &words, &more);
	/* libxml2's words for a cut document are those for a too long one */
	if (error->code == XML_ERR_DOCUMENT_END && x->depth > 0)
		words = STR("the document ends within an element");
	err(&x->failed, ERR_BAD_FILE, "line %d: " STR_FMT, error->line, STR_ARG(words));
	xmlStopParser(x->parser);
}

/* ---- the first bytes ---- */

static bool
encoding_ok(struct str declaration, struct err *e)
{
	static const char *const accepted[] = { "UTF-8", "US-ASCII", "ASCII" };
	const char *at = memmem(declaration.at, declaration.len, "encoding", 8);
	struct str rest, name;

	if (at == NULL)
		return true;
	rest = (struct str){ at + 8, declaration.len - (size_t)(at - declaration.at) - 8 };
	rest = str_trim(rest);
	if (rest.len > 0 && rest.at[0] == '=')
		rest = str_trim((struct str){ rest.at + 1, rest.len - 1 });
	if (rest.len < 2 || (rest.at[0] != '"' && rest.at[0] != '\'') ||
	    !str_cut((struct str){ rest.at + 1, rest.len - 1 }, rest.at[0], &name, &rest))
		return err(e, ERR_BAD_FILE, "line 1: the XML declaration names no encoding");
	for (size_t i = 0; i < nitems(accepted); i++)
		if (str_ieq(name, str_of(accepted[i])))
			return true;
	return err(e, ERR_BAD_FILE, "line 1: encoding is \"" STR_FMT "\", expected UTF-8",
	    STR_ARG(name));
}

/* Whether enough is there to decide, and if so whether the document may go to the parser. */
static bool
head_decided(struct str head, bool last, bool *ok, struct err *e)
{
	const char *close;

	*ok = true;
	if (head.len < 8 && !last)
		return false;
	if (str_starts(head, "\xef\xbb\xbf"))
		head = (struct str){ head.at + 3, head.len - 3 };
	if (head.len < 4 || memchr("<\t\r\n ", head.at[0], 5) == NULL ||
	    memchr(head.at, '\0', 4) != NULL) {
		*ok = err(e, ERR_BAD_FILE, "byte 1: not XML in UTF-8, expected \"<\"");
		return true;
	}
	if (!str_starts(head, "<?xml"))
		return true;
	close = memmem(head.at, head.len, "?>", 2);
	if (close == NULL && head.len < XML_DECLARATION_MOST && !last)
		return false;
	if (close == NULL) {
		*ok = err(e, ERR_BAD_FILE, "line 1: an XML declaration without end");
		return true;
	}
	*ok = encoding_ok((struct str){ head.at, (size_t)(close - head.at) }, e);
	return true;
}

/* ---- the interface ---- */

void
xml_prepare(void)
{
	LIBXML_TEST_VERSION
	xmlInitParser();
}

static xmlParserCtxtPtr
parser_new(struct xml *x)
{
	xmlSAXHandler calls = {
		.initialized = XML_SAX2_MAGIC,
		.startElementNs = on_start,
		.endElementNs = on_end,
		.characters = on_text,
		.ignorableWhitespace = on_text,
		.cdataBlock = on_text,
		.internalSubset = on_doctype,
		.getEntity = on_entity,
		.getParameterEntity = on_entity,
		.serror = on_error,
	};
	xmlParserCtxtPtr p = xmlCreatePushParserCtxt(&calls, x, NULL, 0, NULL);

	/* never NOENT, HUGE, DTDLOAD, DTDATTR, XINCLUDE */
	if (p != NULL)
		xmlCtxtUseOptions(p, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC);
	return p;
}

struct xml *
xml_new(const struct xml_sink *sink, struct err *e)
{
	struct xml *x = calloc(1, sizeof(*x));

	if (x == NULL || (x->parser = parser_new(x)) == NULL) {
		free(x);
		err(e, ERR_BUG, "no memory for an XML parser");
		return NULL;
	}
	x->sink = *sink;
	x->text = (struct buf)BUF((XML_DEPTH_MOST + 1) * XML_TEXT_MOST);
	x->head = (struct buf)BUF(XML_DECLARATION_MOST + 16);
	return x;
}

void
xml_free(struct xml **x)
{
	if (*x == NULL)
		return;
	xmlFreeParserCtxt((*x)->parser);
	buf_auto(&(*x)->text);
	buf_auto(&(*x)->head);
	free(*x);
	*x = NULL;
}

/* Gives bytes to libxml2, which counts in int. */
static bool
push(struct xml *x, struct str bytes, bool last)
{
	do {
		size_t n = bytes.len > INT_MAX / 2 ? INT_MAX / 2 : bytes.len;
		bool end = last && n == bytes.len;
		int got = xmlParseChunk(x->parser, bytes.at, (int)n, end);

		if (x->failed.code != ERR_NONE)
			return false;
		if (got != XML_ERR_OK && !x->parser->wellFormed)
			return err(&x->failed, ERR_BAD_FILE,
			    "line %" PRIu64 ": not well-formed XML", line_of(x));
		bytes = (struct str){ bytes.at + n, bytes.len - n };
	} while (bytes.len > 0);
	return true;
}

static bool
begin(struct xml *x, struct str *bytes, bool last)
{
	size_t take = x->head.max - x->head.len;
	bool ok;

	if (take > bytes->len)
		take = bytes->len;
	buf_add(&x->head, bytes->at, take);
	*bytes = (struct str){ bytes->at + take, bytes->len - take };
	if (!head_decided(buf_view(&x->head), last && bytes->len == 0, &ok, &x->failed))
		return true;
	x->begun = true;
	return ok && push(x, buf_view(&x->head), last && bytes->len == 0);
}

bool
xml_feed(struct xml *x, struct str bytes, bool last, struct err *e)
{
	bool ok = x->failed.code == ERR_NONE;

	if (ok && !x->begun) {
		ok = begin(x, &bytes, last);
		if (bytes.len == 0 && x->begun)
			last = false; /* the end has been told */
	}
	if (ok && x->begun && (bytes.len > 0 || last))
		ok = push(x, bytes, last);
	if (!ok && e != NULL)
		*e = x->failed;
	return ok;
}

struct str
xml_attribute(const struct xml_element *x, const char *name)
{
	for (size_t i = 0; i < x->n; i++)
		if (str_is(x->attributes[i].name, name))
			return x->attributes[i].value;
	return (struct str){ NULL, 0 };
}
