/*
 * A consent: a client sends a customer's browser here (authorize.c), the customer says who that
 * is (consent_find.c: a one-time code, or a login), sees what is asked and answers
 * (consent_choose.c), and the browser goes back to the client with a code or an error
 * (consent_back.c). consent.c takes requests to these.
 *
 * What is asked stands in the database. A page's address has a secret, the browser a cookie;
 * the database knows a request by the SHA-256 of both, so that an address alone opens nothing.
 * Once the customer is known the request gets a new secret.
 */
#ifndef PORTAL_CONSENT_H
#define PORTAL_CONSENT_H

#include "meter/scope.h"
#include "portal.h"

struct consent {
	struct rows *keep; /* what the slices point into */
	struct str step, csp, redirect_uri, state, scope, language, prefill, prefill_sealed,
	    code_shown, site, privacy, use_en, use_es;
	struct str premises, terms; /* JSON: {"items":[…]} */
	bool fixed;
	int32_t history;
};
void consent_auto(struct consent *k);

/* What the database knows the secret of an address by. */
void consent_shown(unsigned char to[LINK_BYTES], const char *token, const char *cookie);
/* To the page of the request with that secret. */
bool consent_see(struct task *t, struct page *p, const char *token, struct err *e);

typedef bool consent_fn(struct task *t, struct page *p, const struct consent *k,
    const struct form *f, struct err *e);

/* ---- consent_find.c ---- */
bool find_show(struct task *t, struct page *p, const struct consent *k, const struct form *f,
    int status, enum text wrong, struct err *e);
bool code_show(struct task *t, struct page *p, const struct consent *k, int status,
    enum text wrong, struct err *e);
consent_fn find_act, login_act, code_act, again_act;
/* Seals what a client knows of the customer, for find_show(). */
size_t prefill_seal(const struct page *p, void *to, struct str value);

/* ---- consent_choose.c ---- */
bool choose_show(struct task *t, struct page *p, const struct consent *k, const struct form *f,
    int status, enum text wrong, struct err *e);
consent_fn yes_act;

/* ---- consent_back.c ---- */
/* 302 to the client, with `what`=`value` ("code", "error") and what always goes with it. */
bool back(struct task *t, struct page *p, struct str redirect_uri, const char *what,
    struct str value, struct str description, struct str state, struct err *e);
/* Who asks, for each page; and that its form may lead to the client, in the page's policy. */
void consent_frame(struct page *p, const struct consent *k);
consent_fn deny_act;

#endif
