/* The XML reader: elements as they come, and every limit with its exact words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "meter/xml.h"

static bool
on_start(void *self, const struct xml_element *x, struct err *e)
{
	struct buf *b = self;

	buf_fmt(b, "<%u {" STR_FMT "}" STR_FMT, x->depth, STR_ARG(x->space), STR_ARG(x->name));
	for (size_t i = 0; i < x->n; i++)
		buf_fmt(b, " " STR_FMT "=" STR_FMT, STR_ARG(x->attributes[i].name),
		    STR_ARG(x->attributes[i].value));
	buf_c(b, ">");
	if (str_is(x->name, "stop"))
		return err(e, ERR_TOO_BIG, "line %u: the sink has enough", (unsigned)x->line);
	return true;
}

static bool
on_end(void *self, const struct xml_element *x, struct str text, struct err *e)
{
	struct buf *b = self;

	(void)e;
	buf_fmt(b, "[" STR_FMT "]%u/" STR_FMT "@%u", STR_ARG(text), x->depth, STR_ARG(x->name),
	    (unsigned)x->line);
	return true;
}

/* What the sink was told, and behind it the fault if there was one. */
static void
read_xml(struct buf *told, struct str text, size_t piece)
{
	struct xml_sink sink = { told, on_start, on_end };
	struct err e = { .code = ERR_NONE };
	AUTO_PTR(xml) x = xml_new(&sink, &e);
	bool ok = true;

	assert_non_null(x);
	for (; ok && text.len > piece; text = (struct str){ text.at + piece, text.len - piece })
		ok = xml_feed(x, (struct str){ text.at, piece }, false, &e);
	if (ok)
		ok = xml_feed(x, text, true, &e);
	assert_true(ok == (e.code == ERR_NONE));
	if (!ok) {
		struct err again = { .code = ERR_NONE };

		buf_fmt(told, "!%s", e.text);
		assert_false(xml_feed(x, STR("<b/>"), true, &again)); /* it stays failed */
		assert_string_equal(again.text, e.text);
	}
	buf_byte(told, '\0');
}

/* clang-format off */
static const struct {
	const char *text, *gives;
} cases[] = {
	{ "<a/>", "<1 {}a>[]1/a@1" },
	{ "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<a xmlns='u:1' xmlns:p='u:2' x='1' p:y='2' z='&lt;&#65;'>t<p:b>1</p:b>u<![CDATA[<&]]></a>",
	  "<1 {u:1}a x=1 =2 z=<A><2 {u:2}b>[1]2/b@2[tu<&]1/a@2" },
	{ "\xef\xbb\xbf<?xml version='1.0' encoding='US-ASCII'?><a>\n&amp;&quot;</a>", "<1 {}a>[\n&\"]1/a@2" },
	{ "\n <a><!-- c --><?pi x?></a>\n", "<1 {}a>[]1/a@2" },
	/* a prefix that nobody declared: the name is still known */
	{ "<ns0:a><ns0:b>7</ns0:b></ns0:a>", "<1 {}a><2 {}b>[7]2/b@1[]1/a@1" },
	/* refused before libxml2 sees a byte */
	{ "", "!byte 1: not XML in UTF-8, expected \"<\"" },
	{ "hello <a/>", "!byte 1: not XML in UTF-8, expected \"<\"" },
	{ "<?xml version='1.0' encoding='ISO-8859-1'?><a/>", "!line 1: encoding is \"ISO-8859-1\", expected UTF-8" },
	{ "<?xml version='1.0' encoding=UTF-8?><a/>", "!line 1: the XML declaration names no encoding" },
	{ "<?xml version='1.0'                                                                                                                                                                                                                                                                    ?><a/>",
	  "!line 1: an XML declaration without end" },
	/* refused on the way */
	{ "<!DOCTYPE a><a/>", "!line 1: a document type declaration (<!DOCTYPE), which is not accepted" },
	{ "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "!line 1: a document type declaration (<!DOCTYPE), which is not accepted" },
	{ "<?xml version='1.0'?>\n<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "!line 2: a document type declaration (<!DOCTYPE), which is not accepted" },
	{ "<a>\n&x;</a>", "<1 {}a>!line 2: Entity 'x' not defined" },
	{ "<a><b></a>", "<1 {}a><2 {}b>!line 1: Opening and ending tag mismatch: b line 1 and a" },
	{ "<a>\n<b>", "<1 {}a><2 {}b>!line 2: the document ends within an element" },
	{ "<a>\xff</a>", "<1 {}a>!line 1: Input is not proper UTF-8, indicate encoding !" },
	{ "<a/><a/>", "<1 {}a>[]1/a@1!line 1: Extra content at the end of the document" },
	{ "<a><stop/></a>", "<1 {}a><2 {}stop>!line 1: the sink has enough" },
};
/* clang-format on */

static void
documents_give_elements_or_exact_faults(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		AUTO(buf) told = BUF(64 * 1024);

		read_xml(&told, str_of(cases[i].text), SIZE_MAX / 2);
		assert_string_equal(told.at, cases[i].gives);
	}
}

static void
pieces_of_one_byte_give_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		AUTO(buf) told = BUF(64 * 1024);

		read_xml(&told, str_of(cases[i].text), 1);
		assert_string_equal(told.at, cases[i].gives);
	}
}

static void
utf16_is_refused_whatever_its_mark(void **state)
{
	static const struct str documents[] = {
		{ "\xff\xfe<\0a\0/\0>\0", 10 }, { "\xfe\xff\0<\0a\0/\0>", 10 },
		{ "<\0a\0/\0>\0", 8 }, { "\0<\0a\0/\0>", 8 }, { "\0\0\0<\0\0\0a", 8 },
		{ "\x4c\x6f\xa7\x94\x93\x94\x95\x96", 8 }, /* <?xml in EBCDIC */
	};

	(void)state;
	for (size_t i = 0; i < nitems(documents); i++) {
		AUTO(buf) told = BUF(1024);

		read_xml(&told, documents[i], 1);
		assert_string_equal(told.at, "!byte 1: not XML in UTF-8, expected \"<\"");
	}
}

/* n times `before`, once `middle`, n times `behind`. */
static void
nest(struct buf *b, unsigned n, const char *before, const char *middle, const char *behind)
{
	for (unsigned i = 0; i < n; i++)
		buf_c(b, before);
	buf_c(b, middle);
	for (unsigned i = 0; i < n; i++)
		buf_c(b, behind);
}

static const char *
fault_in(const struct buf *told)
{
	const char *mark = strchr(told->at, '!');

	return mark != NULL ? mark + 1 : "";
}

static void
depth_attributes_and_text_have_their_limit(void **state)
{
	static const struct {
		unsigned most;
		const char *open, *before, *middle, *behind, *close, *says;
	} limits[] = {
		{ XML_DEPTH_MOST, "", "<a>", "", "</a>", "",
		    "line 1: elements are nested more than 64 deep" },
		{ XML_TEXT_MOST, "<a>", "x", "", "", "</a>",
		    "line 1: more than 4096 bytes of text in one element" },
		{ XML_TEXT_MOST, "<a>", "x", "<b>y</b>", "", "</a>", NULL },
	};

	(void)state;
	for (size_t i = 0; i < nitems(limits); i++)
		for (unsigned over = 0; over < 2; over++) {
			AUTO(buf) text = BUF(64 * 1024);
			AUTO(buf) told = BUF(64 * 1024);

			buf_c(&text, limits[i].open);
			nest(&text, limits[i].most + over, limits[i].before, limits[i].middle,
			    limits[i].behind);
			buf_c(&text, limits[i].close);
			read_xml(&told, buf_view(&text), 1000);
			if (over && limits[i].says != NULL)
				assert_string_equal(fault_in(&told), limits[i].says);
			else if (!over)
				assert_string_equal(fault_in(&told), "");
		}
}

static void
attributes_have_their_limit(void **state)
{
	(void)state;
	for (unsigned n = XML_ATTRIBUTES_MOST; n <= XML_ATTRIBUTES_MOST + 1; n++) {
		AUTO(buf) text = BUF(64 * 1024);
		AUTO(buf) told = BUF(64 * 1024);

		buf_c(&text, "<a");
		for (unsigned i = 0; i < n; i++)
			buf_fmt(&text, " a%u='%u'", i, i);
		buf_c(&text, "/>");
		read_xml(&told, buf_view(&text), SIZE_MAX / 2);
		assert_string_equal(fault_in(&told),
		    n > XML_ATTRIBUTES_MOST
			? "line 1: 65 attributes in one element, at most 64 are accepted"
			: "");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents_give_elements_or_exact_faults),
		cmocka_unit_test(pieces_of_one_byte_give_the_same),
		cmocka_unit_test(utf16_is_refused_whatever_its_mark),
		cmocka_unit_test(depth_attributes_and_text_have_their_limit),
		cmocka_unit_test(attributes_have_their_limit),
	};

	xml_prepare();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
