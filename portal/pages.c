/* All pages; see sys/route.h, and portal.h for whom. What a link's page is for, its purpose
 * tells. */
#include <string.h>

#include "portal.h"
#include "rt/log.h"

enum { PORTAL_READERS = PORTAL_CSP | PORTAL_REP }; /* of reads, by drops */
enum { NO_BODY = 0, UPLOAD_BYTES_MOST = 1024 * 1024 };

/* clang-format off */
const struct route portal_pages[] = {
	{ "GET",  "/", 0, NO_BODY,                  front_get,
	  "whoever comes without a link" },
	{ "GET",  "/companies", 0, NO_BODY,         companies_get,
	  "third parties that one may share with" },
	{ "GET",  "/status", 0, NO_BODY,            status_get,
	  "how the hub does, and how it kept its promises" },
	{ "GET",  "/scoreboard", 0, NO_BODY,        scoreboard_get,
	  "how the utilities do" },
	{ "GET",  "/help", 0, NO_BODY,              help_get,
	  "answers, and the way to the guides" },
	{ "GET",  "/help/{guide}", 0, NO_BODY,      guide_get,
	  "a guide" },
	{ "GET",  "/privacy", 0, NO_BODY,           privacy_get,
	  "what is kept of whom" },
	{ "GET",  "/sign-in", 0, NO_BODY,           sign_in_get,
	  "name and password of a customer's account" },
	{ "POST", "/sign-in", 0, FORM_BYTES_MOST,   sign_in_post,
	  "opens a session" },
	{ "GET",  "/sign-up", 0, NO_BODY,           sign_up_get,
	  "asks for a customer's account" },
	{ "POST", "/sign-up", 0, FORM_BYTES_MOST,   sign_up_post,
	  "a mailbox, and what proves that somebody knows a home: a mail may follow" },
	{ "GET",  "/forgot", 0, NO_BODY,            forgot_get,
	  "a password was forgotten" },
	{ "POST", "/forgot", 0, FORM_BYTES_MOST,    forgot_post,
	  "whoever has the mailbox gets a link" },
	{ "GET",  "/code", PORTAL_ANYBODY, NO_BODY, code_get,
	  "the second step of signing in" },
	{ "POST", "/code", PORTAL_ANYBODY, FORM_BYTES_MOST, code_post,
	  "a code of the second factor" },
	{ "GET",  "/account/password", PORTAL_ALL, NO_BODY, mine_get,
	  "another password" },
	{ "POST", "/account/password", PORTAL_ALL, FORM_BYTES_MOST, mine_post,
	  "by who knows the one that holds" },
	{ "GET",  "/account/factor", PORTAL_ALL, NO_BODY, mine_get,
	  "the second factor: begin, set, end" },
	{ "POST", "/account/factor", PORTAL_ALL, FORM_BYTES_MOST, mine_post,
	  "by a code of it" },
	{ "GET",  "/account/preferences", PORTAL_ALL, NO_BODY, mine_get,
	  "language, and which mails" },
	{ "POST", "/account/preferences", PORTAL_ALL, FORM_BYTES_MOST, mine_post,
	  "keeps them" },
	{ "GET",  "/account/homes", PORTAL_CUSTOMER, NO_BODY, mine_get,
	  "homes of a customer" },
	{ "POST", "/account/homes", PORTAL_CUSTOMER, FORM_BYTES_MOST, mine_post,
	  "asks for one more, as an account is asked for" },
	{ "GET",  "/account/tokens", PORTAL_CUSTOMER, NO_BODY, mine_get,
	  "personal tokens, for programs" },
	{ "POST", "/account/tokens", PORTAL_CUSTOMER, FORM_BYTES_MOST, mine_post,
	  "makes or ends one" },
	{ "GET",  "/account/delete", PORTAL_CUSTOMER, NO_BODY, mine_get,
	  "the end of a customer's account" },
	{ "POST", "/account/delete", PORTAL_CUSTOMER, FORM_BYTES_MOST, mine_post,
	  "by who knows its password" },
	{ "GET",  "/people", PORTAL_PERSON, NO_BODY, mine_get,
	  "people of an organisation" },
	{ "POST", "/people", PORTAL_PERSON | PORTAL_ADMIN, FORM_BYTES_MOST, mine_post,
	  "adds one, gives a role, removes" },
	{ "POST", "/sign-out", 0, FORM_BYTES_MOST,  sign_out_post,
	  "ends it" },
	{ "GET",  "/home", PORTAL_CUSTOMER, NO_BODY,              home_get,
	  "who has access to a customer's data" },
	{ "POST", "/home", PORTAL_CUSTOMER, FORM_BYTES_MOST,      home_post,
	  "ends an access" },
	{ "GET",  "/use", PORTAL_CUSTOMER, NO_BODY, use_get,
	  "how much energy a customer used: a day, a week, a month, a year" },
	{ "GET",  "/download", PORTAL_CUSTOMER, NO_BODY, download_get,
	  "files of a customer's own data: which, of which days, in which form" },
	{ "GET",  "/reads", PORTAL_CUSTOMER, NO_BODY,             reads_get,
	  "who read the data: what, when, by which door" },
	{ "GET",  "/account", PORTAL_ALL, NO_BODY,           account_get,
	  "where a customer is signed in" },
	{ "POST", "/account", PORTAL_ALL, FORM_BYTES_MOST,   account_post,
	  "signs out one of them, or all others" },
	{ "GET",  "/box", PORTAL_PARTNER, NO_BODY, box_get,
	  "an organisation's box: folders and files" },
	{ "GET",  "/keys", PORTAL_PARTNER, NO_BODY, keys_get,
	  "what opens it, from where" },
	{ "POST", "/keys", PORTAL_PARTNER | PORTAL_ADMIN, FORM_BYTES_MOST, keys_post,
	  "a new token, the end of one, networks" },
	{ "GET",  "/subscriptions", PORTAL_READERS, NO_BODY, subscriptions_get,
	  "what is built for it, and when" },
	{ "POST", "/subscriptions", PORTAL_READERS | PORTAL_MEMBER, UPLOAD_BYTES_MOST, subscriptions_post,
	  "a new one; pause, resume, end, build now" },
	{ "GET",  "/drops", PORTAL_READERS, NO_BODY, drops_get,
	  "what was built" },
	{ "GET",  "/drops/{drop}", PORTAL_READERS, NO_BODY, drop_get,
	  "one drop: its files, the rights that it stands on" },
	{ "POST", "/drops/{drop}", PORTAL_READERS | PORTAL_MEMBER, FORM_BYTES_MOST, drop_post,
	  "builds it again, takes it back" },
	{ "GET",  "/webhooks", PORTAL_PARTNER, NO_BODY, webhooks_get,
	  "programs that are told of events" },
	{ "POST", "/webhooks", PORTAL_PARTNER | PORTAL_MEMBER, FORM_BYTES_MOST, webhooks_post,
	  "a new one; its secret is shown once" },
	{ "GET",  "/webhooks/{webhook}", PORTAL_PARTNER, NO_BODY, webhook_get,
	  "one: what was sent, and what came back" },
	{ "POST", "/webhooks/{webhook}", PORTAL_PARTNER | PORTAL_MEMBER, FORM_BYTES_MOST, webhook_post,
	  "test, pause, resume, another secret, replay, end" },
	{ "GET",  "/limits", PORTAL_PARTNER, NO_BODY, limits_get,
	  "what it may ask for, and how much is used" },
	{ "GET",  "/csp", PORTAL_CSP, NO_BODY, csp_get,
	  "a third party's home: how it stands" },
	{ "GET",  "/csp/agreements", PORTAL_CSP, NO_BODY, csp_agreements_get,
	  "its agreements, with filters" },
	{ "GET",  "/csp/agreements/{agreement}", PORTAL_CSP, NO_BODY, csp_agreement_get,
	  "one of them: what it says, what happened" },
	{ "POST", "/csp/agreements/{agreement}", PORTAL_CSP | PORTAL_MEMBER, FORM_BYTES_MOST, csp_agreement_post,
	  "takes it back, asks to go on, ends it" },
	{ "GET",  "/csp/invite", PORTAL_CSP | PORTAL_MEMBER, NO_BODY, csp_invite_get,
	  "asks a customer" },
	{ "POST", "/csp/invite", PORTAL_CSP | PORTAL_MEMBER, FORM_BYTES_MOST, csp_invite_post,
	  "does so" },
	{ "GET",  "/csp/invite/file", PORTAL_CSP | PORTAL_MEMBER, NO_BODY, csp_sheet_get,
	  "asks many customers, by a spreadsheet" },
	{ "POST", "/csp/invite/file", PORTAL_CSP | PORTAL_MEMBER, UPLOAD_BYTES_MOST, csp_sheet_post,
	  "does so, and tells what became of each row" },
	{ "GET",  "/csp/funnel", PORTAL_CSP, NO_BODY, csp_funnel_get,
	  "how far its invitations came" },
	{ "GET",  "/operator", PORTAL_OPERATOR, NO_BODY, desk_get,
	  "what waits for a person, and how the hub does" },
	{ "GET",  "/operator/csps", PORTAL_OPERATOR, NO_BODY, desk_get,
	  "third parties: registrations, those that are live, those that are suspended" },
	{ "GET",  "/operator/csps/{key}", PORTAL_OPERATOR, NO_BODY, desk_get,
	  "one of them: review, approve, refuse, suspend, resume, revoke" },
	{ "POST", "/operator/csps/{key}", PORTAL_OPERATOR | PORTAL_MEMBER, FORM_BYTES_MOST, desk_post,
	  "what was chosen there" },
	{ "GET",  "/operator/approvals", PORTAL_OPERATOR, NO_BODY, desk_get,
	  "what a second person is to confirm" },
	{ "GET",  "/operator/approvals/{key}", PORTAL_OPERATOR, NO_BODY, desk_get,
	  "one of them" },
	{ "POST", "/operator/approvals/{key}", PORTAL_OPERATOR | PORTAL_MEMBER, FORM_BYTES_MOST, desk_post,
	  "what was chosen there" },
	{ "GET",  "/operator/holds", PORTAL_OPERATOR, NO_BODY, desk_get,
	  "shares that are held until somebody has looked" },
	{ "GET",  "/operator/holds/{key}", PORTAL_OPERATOR, NO_BODY, desk_get,
	  "one of them: what speaks for it; release, refuse" },
	{ "POST", "/operator/holds/{key}", PORTAL_OPERATOR | PORTAL_MEMBER, FORM_BYTES_MOST, desk_post,
	  "what was chosen there" },
	{ "GET",  "/operator/flags", PORTAL_OPERATOR, NO_BODY, desk_get,
	  "what the watch over abuse found" },
	{ "GET",  "/operator/flags/{key}", PORTAL_OPERATOR, NO_BODY, desk_get,
	  "one of them: its evidence; clear it" },
	{ "POST", "/operator/flags/{key}", PORTAL_OPERATOR | PORTAL_MEMBER, FORM_BYTES_MOST, desk_post,
	  "what was chosen there" },
	{ "GET",  "/operator/complaints", PORTAL_OPERATOR, NO_BODY, desk_get,
	  "complaints about third parties; a new one" },
	{ "POST", "/operator/complaints", PORTAL_OPERATOR | PORTAL_MEMBER, FORM_BYTES_MOST, desk_post,
	  "what was asked for there" },
	{ "GET",  "/operator/complaints/{key}", PORTAL_OPERATOR, NO_BODY, desk_get,
	  "one of them: dismiss, uphold, suspend" },
	{ "POST", "/operator/complaints/{key}", PORTAL_OPERATOR | PORTAL_MEMBER, FORM_BYTES_MOST, desk_post,
	  "what was chosen there" },
	{ "GET",  "/operator/orders", PORTAL_OPERATOR, NO_BODY, desk_get,
	  "orders of the commission" },
	{ "GET",  "/operator/orders/{key}", PORTAL_OPERATOR, NO_BODY, desk_get,
	  "one of them: carry it out" },
	{ "POST", "/operator/orders/{key}", PORTAL_OPERATOR | PORTAL_MEMBER, FORM_BYTES_MOST, desk_post,
	  "what was chosen there" },
	{ "GET",  "/operator/mail", PORTAL_OPERATOR, NO_BODY, desk_get,
	  "mails that wait, went, came back" },
	{ "GET",  "/operator/mail/{key}", PORTAL_OPERATOR, NO_BODY, desk_get,
	  "one of them: try it again" },
	{ "POST", "/operator/mail/{key}", PORTAL_OPERATOR | PORTAL_MEMBER, FORM_BYTES_MOST, desk_post,
	  "what was chosen there" },
	{ "GET",  "/operator/jobs", PORTAL_OPERATOR, NO_BODY, desk_get,
	  "files, drops, pushes, webhooks that stopped" },
	{ "GET",  "/operator/jobs/{key}", PORTAL_OPERATOR, NO_BODY, desk_get,
	  "one of them: again, release, discard, cancel" },
	{ "POST", "/operator/jobs/{key}", PORTAL_OPERATOR | PORTAL_MEMBER, FORM_BYTES_MOST, desk_post,
	  "what was chosen there" },
	{ "GET",  "/operator/parties", PORTAL_OPERATOR, NO_BODY, desk_get,
	  "all organisations" },
	{ "GET",  "/operator/parties/{key}", PORTAL_OPERATOR, NO_BODY, desk_get,
	  "one of them: people, accounts, logins" },
	{ "GET",  "/operator/limits", PORTAL_OPERATOR, NO_BODY, desk_get,
	  "how much partners may ask of the API; another limit for one" },
	{ "POST", "/operator/limits", PORTAL_OPERATOR | PORTAL_MEMBER, FORM_BYTES_MOST, desk_post,
	  "what was asked for there" },
	{ "GET",  "/operator/thresholds", PORTAL_OPERATOR, NO_BODY, desk_get,
	  "what the watch over abuse looks at" },
	{ "GET",  "/operator/thresholds/{key}", PORTAL_OPERATOR, NO_BODY, desk_get,
	  "one detector: its threshold, and what it does" },
	{ "POST", "/operator/thresholds/{key}", PORTAL_OPERATOR | PORTAL_MEMBER, FORM_BYTES_MOST, desk_post,
	  "what was chosen there" },
	{ "GET",  "/operator/settings", PORTAL_OPERATOR, NO_BODY, desk_get,
	  "settings of the hub" },
	{ "GET",  "/operator/settings/{key}", PORTAL_OPERATOR, NO_BODY, desk_get,
	  "one of them, and who changed it" },
	{ "POST", "/operator/settings/{key}", PORTAL_OPERATOR | PORTAL_MEMBER, FORM_BYTES_MOST, desk_post,
	  "what was chosen there" },
	{ "GET",  "/operator/announcements", PORTAL_OPERATOR, NO_BODY, desk_get,
	  "what everybody is told; a new notice or planned outage" },
	{ "POST", "/operator/announcements", PORTAL_OPERATOR | PORTAL_MEMBER, FORM_BYTES_MOST, desk_post,
	  "what was asked for there" },
	{ "GET",  "/operator/announcements/{key}", PORTAL_OPERATOR, NO_BODY, desk_get,
	  "one of them; take it down" },
	{ "POST", "/operator/announcements/{key}", PORTAL_OPERATOR | PORTAL_MEMBER, FORM_BYTES_MOST, desk_post,
	  "what was chosen there" },
	{ "GET",  "/operator/customers", PORTAL_OPERATOR | PORTAL_MEMBER, NO_BODY, desk_get,
	  "a look at a customer, which needs a reason and is shown to the customer" },
	{ "POST", "/operator/customers", PORTAL_OPERATOR | PORTAL_MEMBER, FORM_BYTES_MOST, desk_post,
	  "what was asked for there" },
	{ "GET",  "/operator/customers/{key}", PORTAL_OPERATOR | PORTAL_MEMBER, NO_BODY, desk_get,
	  "that look, for half an hour" },
	{ "GET",  "/regulator", PORTAL_REGULATOR, NO_BODY, desk_get,
	  "what is going on: figures of utilities, flags, suspensions" },
	{ "GET",  "/regulator/scoreboard", PORTAL_REGULATOR, NO_BODY, desk_get,
	  "utilities' reads by day: complete, estimated, late" },
	{ "GET",  "/regulator/companies", PORTAL_REGULATOR, NO_BODY, desk_get,
	  "third parties, and how they stand" },
	{ "GET",  "/regulator/companies/{key}", PORTAL_REGULATOR, NO_BODY, desk_get,
	  "one of them; an order about it" },
	{ "POST", "/regulator/companies/{key}", PORTAL_REGULATOR | PORTAL_MEMBER, FORM_BYTES_MOST, desk_post,
	  "what was chosen there" },
	{ "GET",  "/regulator/approvals", PORTAL_REGULATOR, NO_BODY, desk_get,
	  "orders that wait for a second person" },
	{ "GET",  "/regulator/approvals/{key}", PORTAL_REGULATOR, NO_BODY, desk_get,
	  "one of them: confirm, refuse" },
	{ "POST", "/regulator/approvals/{key}", PORTAL_REGULATOR | PORTAL_MEMBER, FORM_BYTES_MOST, desk_post,
	  "what was chosen there" },
	{ "GET",  "/regulator/orders", PORTAL_REGULATOR, NO_BODY, desk_get,
	  "orders of the commission" },
	{ "GET",  "/regulator/orders/{key}", PORTAL_REGULATOR, NO_BODY, desk_get,
	  "one of them" },
	{ "GET",  "/regulator/outcomes", PORTAL_REGULATOR, NO_BODY, desk_get,
	  "what came of what third parties asked customers, by month" },
	{ "GET",  "/regulator/flags", PORTAL_REGULATOR, NO_BODY, desk_get,
	  "what the watch over abuse found" },
	{ "GET",  "/regulator/flags/{key}", PORTAL_REGULATOR, NO_BODY, desk_get,
	  "one of them, with its evidence" },
	{ "GET",  "/regulator/complaints", PORTAL_REGULATOR, NO_BODY, desk_get,
	  "complaints about third parties" },
	{ "GET",  "/regulator/audit", PORTAL_REGULATOR, NO_BODY, desk_get,
	  "search of the audit events" },
	{ "GET",  "/regulator/audit/{key}", PORTAL_REGULATOR, NO_BODY, desk_get,
	  "one of them, and where it stands in the signed tree" },
	{ "GET",  "/a/{token}", 0, NO_BODY,         link_get,
	  "what a mail's link is for: decide, see the state, renew, stop, say \"not me\", the receipt" },
	{ "POST", "/a/{token}", 0, FORM_BYTES_MOST, link_post,
	  "the answer that was chosen there" },
	{ "GET",  "/o/{token}", 0, NO_BODY,         opt_out_get,
	  "no more mails: which" },
	{ "POST", "/o/{token}", 0, FORM_BYTES_MOST, opt_out_post,
	  "ends them; also the one click of a mail program (RFC 8058)" },
	{ "GET",  "/c/{token}", 0, NO_BODY,         confirm_get,
	  "whose address this is: a third party that registers, an account; chooses its password" },
	{ "POST", "/c/{token}", 0, FORM_BYTES_MOST, confirm_post,
	  "confirms it" },
	{ "GET",  "/oauth/authorize", 0, NO_BODY,   authorize_get,
	  "what a client asks a customer for (OAuth)" },
	{ "GET",  "/DataCustodian/oauth/authorize", 0, NO_BODY, authorize_get,
	  "the same, where Green Button clients look for it" },
	{ "GET",  "/DataCustodian/{utility}/oauth/authorize", 0, NO_BODY, authorize_get,
	  "the same" },
	{ "GET",  "/myAuthorization", 0, NO_BODY,   authorize_get,
	  "the same" },
	{ "GET",  "/consent/{token}", 0, NO_BODY,   consent_get,
	  "who the customer is, and what is asked" },
	{ "POST", "/consent/{token}", 0, FORM_BYTES_MOST, consent_post,
	  "the answer" },
	{ "GET",  "/demo-third-party", 0, NO_BODY,  demo_get,
	  "a page that plays a third party, in a demo" },
	{ "GET",  "/connect/{client}", 0, NO_BODY,  connect_get,
	  "to a third party's own page, where a consent begins" },
	{ "GET",  "/share/{party}", 0, NO_BODY,     share_get,
	  "a third party's data-share link: begins a consent (?f= a form of its)" },
	{ "GET",  "/shared", 0, NO_BODY,            shared_get,
	  "where such a consent ends" },
	{ "GET",  "/s/{tag}/{name}", 0, NO_BODY,    file_get,
	  "style, script, icon" },
};
/* clang-format on */
const size_t portal_page_count = nitems(portal_pages);

static const struct {
	const char *purpose;
	link_fn *show, *act;
} purposes[] = {
	{ "DECIDE", decide_show, decide_act },
	{ "RENEW", renew_show, renew_act },
	{ "STOP", stop_show, stop_act },
	{ "NOT_ME", not_me_show, not_me_act },
	{ "RECEIPT", receipt_show, after_act },
};

/* That the page was asked for is on record; when that fails the page is still shown. */
static void
opened(struct task *t, struct page *p)
{
	struct err e = { 0 };
	AUTO_PTR(conn) c = db_lease(t, p->portal->db, &e);

	if (c == NULL || db_exec(t, c, SQL_PORTAL_OPENED,
			     ARGS(P_BYTES(p->sha256, LINK_BYTES), P_STR(page_source(p)),
				 P_STR(page_agent(p))),
			     NULL, &e) > DB_NONE)
		log_warn(t, "portal.unrecorded", "says=\"%s\"", e.text);
}

static bool
link_page(struct task *t, struct call *c, bool post, struct err *e)
{
	AUTO(page) p;
	enum db_got got;

	page_open(&p, c->who, c);
	/* also of what is no token: each takes the same way */
	link_hash(str_of(c->param[0]), p.sha256);
	got = link_read(t, p.portal->db, p.sha256, &p.link, e);
	if (got == DB_NONE)
		return page_unknown(t, c->who, c, e);
	if (got != DB_FOUND)
		return false;
	page_language(&p, language_of(p.link.language, LANGUAGE_EN));
	for (size_t i = 0; i < nitems(purposes); i++)
		if (str_is(p.link.purpose, purposes[i].purpose)) {
			if (post)
				return purposes[i].act(t, &p, e);
			if (!c->http->head)
				opened(t, &p);
			return purposes[i].show(t, &p, e);
		}
	return page_unknown(t, c->who, c, e);
}

bool
link_get(struct task *t, struct call *c, struct err *e)
{
	return link_page(t, c, false, e);
}

bool
link_post(struct task *t, struct call *c, struct err *e)
{
	return link_page(t, c, true, e);
}
