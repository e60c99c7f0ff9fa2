/* The mails there are. To add one: a row here, a row of mail.kind, and a file
 * texts/LANGUAGE/NAME.mail for each language. */
#ifndef AGREEMENTD_MAILS_H
#define AGREEMENTD_MAILS_H

#include "base/str.h"

struct mail_row {
	const char *kind;    /* of mail.kind */
	bool csp;	     /* the wording for a third party's contact */
	const char *text;    /* its template: "invitation" */
	const char *purpose; /* of its link, or NULL: no link */
	const char *path; /* of the page that takes it: "a"; "tel": no mail but a text message,
			     of its subject alone */
	bool code;	  /* and six digits: beside the link for who has no script, or alone */
};
extern const struct mail_row mail_rows[];
extern const size_t mail_row_count;

/* NULL: none. A kind without wording for third parties has one for all. */
const struct mail_row *mail_row_of(struct str kind, bool csp);

#endif
