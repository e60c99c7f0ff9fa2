/* What the commands of third parties share. */
#ifndef CLI_CSP_H
#define CLI_CSP_H

#include "cli/cli.h"

/* One CSP with all that is told of it. */
bool csp_print(struct task *t, struct cli *cli, struct str code, struct err *e);
bool csp_number(struct task *t, struct conn *c, struct str code, int32_t *csp, struct err *e);

/* Confirms a mailbox by the link of a mail, or the secret in it, and prints what it was about.
 */
bool csp_confirm_link(struct task *t, struct cli *cli, struct str link, struct err *e);

/* A certificate of a file, with those above it, that passed the hub's rules (sys/tls_chain.h).
 */
struct csp_chain {
	struct buf der;
	size_t leaf_len;
};
bool csp_chain_read(struct csp_chain *x, const struct cli *cli, struct str path, struct err *e);

#endif
