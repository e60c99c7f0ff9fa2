/*
 * XML from strangers, in pieces, for who wants elements: start and end of each with its
 * attributes and its own text. Around libxml2's push parser, with everything switched off that
 * reaches outside the document or grows it: no DOCTYPE at all (so no entities but the five of
 * XML), no network, no XInclude, UTF-8 only. Limits: depth, attributes of one element, text of
 * one element. No tree is built. Call xml_prepare once before giving up rights, since libxml2
 * sets itself up on first use.
 *
 * A fault says where: "line 12: …". After a fault the parser takes nothing more.
 */
#ifndef METER_XML_H
#define METER_XML_H

#include "base/err.h"

enum {
	XML_DEPTH_MOST = 64,
	XML_ATTRIBUTES_MOST = 64,
	XML_TEXT_MOST = 4096, /* bytes of text of one element, its children's not counted */
	XML_DECLARATION_MOST = 256, /* bytes up to the ?> of <?xml … ?> */
};

struct xml_attribute {
	struct str name, value; /* local name; the value with references resolved */
};

struct xml_element {
	struct str space, name; /* namespace URI (empty: none) and local name */
	const struct xml_attribute *attributes;
	size_t n;
	unsigned depth; /* 1: the root */
	uint64_t line;
};

struct xml_sink { /* what is pointed to lives during the call; false stops the parser */
	void *self;
	bool (*start)(void *self, const struct xml_element *x, struct err *e);
	/* x without attributes; text: what stands directly in the element, before, between and
	 * after its children */
	bool (*end)(void *self, const struct xml_element *x, struct str text, struct err *e);
};

void xml_prepare(void);

struct xml; /* AUTO_PTR(xml) x = xml_new(…); */
struct xml *xml_new(const struct xml_sink *sink, struct err *e);
void xml_free(struct xml **x);
/* `last` once, possibly with an empty piece. False: ERR_BAD_FILE, or what the sink said. */
bool xml_feed(struct xml *x, struct str bytes, bool last, struct err *e);
/* The value of an attribute without namespace, or an empty slice with at == NULL. */
struct str xml_attribute(const struct xml_element *x, const char *name);

#endif
