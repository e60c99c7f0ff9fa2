/* busbar-agreementd: settings and keys, then the clock, the senders and the ear. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agreementd.h"
#include "rt/log.h"
#include "rt/proc.h"
#include "sys/confine.h"
#include "store/mailbox.h"
#include "text.h"

enum { CONNECTIONS_OTHERS = 3 }; /* beside one a sender: the clock's, the ear's, /healthz */

/* The relay's password: the first line of its file. */
static bool
read_password(struct agreementd *d, struct err *e)
{
	char text[CONF_TEXT_SIZE];
	struct str line, rest;
	ssize_t n;

	if (d->conf.mail_password[0] == '\0')
		return true;
	AUTO_FD fd = open(d->conf.mail_password, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof text);
	if (n < 0)
		return err_errno(
		    e, ERR_CONF, "cannot read mail.password %s", d->conf.mail_password);
	str_cut((struct str){ text, (size_t)n }, '\n', &line, &rest);
	if (!str_copy(d->password, sizeof d->password, line))
		return err(e, ERR_CONF, "the password of the mail relay is too long");
	secret_wipe(text, sizeof text);
	return true;
}

static bool
check_addresses(const struct conf *c, struct err *e)
{
	const struct {
		const char *name, *value;
	} boxes[] = { { "mail.from", c->mail_from }, { "mail.bounce", c->mail_bounce } };

	for (size_t i = 0; i < nitems(boxes); i++)
		if (!email_ok(str_of(boxes[i].value)))
			return err(e, ERR_CONF, "%s is \"%s\", expected one e-mail address",
			    boxes[i].name, boxes[i].value);
	if (!str_starts(str_of(c->portal_url), "https://") ||
	    str_ends(str_of(c->portal_url), "/"))
		return err(e, ERR_CONF,
		    "portal.url is \"%s\", expected https://… without a slash at the end",
		    c->portal_url);
	if ((c->mail_login[0] == '\0') != (c->mail_password[0] == '\0'))
		return err(e, ERR_CONF, "mail.login and mail.password go together");
	return true;
}

/* Before rights are dropped: keys, password, and what libcurl wants in the first thread. */
static bool
open_all(void *arg, struct err *e)
{
	struct agreementd *d = arg;
	const struct conf *c = &d->conf;

	if (!secret_start(e) || !check_addresses(c, e) || !read_password(d, e) ||
	    !text_open(d, e))
		return false;
	d->keys = keys_open_mail(c->keys_path, e);
	if (d->keys == NULL)
		return false;
	d->relay = (struct smtp_relay){ .host = c->mail_relay,
		.port = c->mail_relay_port,
		.tls = c->mail_tls,
		.ca = c->mail_ca,
		.hello = c->mail_hello,
		.user = c->mail_login,
		.password = d->password };
	d->senders = (unsigned)c->mail_senders;
	for (unsigned i = 0; i < d->senders; i++) {
		d->sender[i].d = d;
		d->sender[i].smtp = smtp_new(&d->relay, e);
		if (d->sender[i].smtp == NULL)
			return false;
	}
	return true;
}

static bool
open_database(struct agreementd *d, struct err *e)
{
	const struct conf *c = &d->conf;

	if (c->db_connections < c->mail_senders + CONNECTIONS_OTHERS)
		return err(e, ERR_CONF, "db.connections is %lld, expected at least %lld",
		    (long long)c->db_connections,
		    (long long)c->mail_senders + CONNECTIONS_OTHERS);
	d->db = db_open(c->db_conninfo, c->agreements_role, "busbar-agreementd",
	    (unsigned)c->db_connections, e);
	return d->db != NULL;
}

static bool
confine_self(void *arg, struct err *e)
{
	const struct agreementd *d = arg;

	return confine(
	    &(struct confine){
		.network = true,
		.write = { d->conf.store_path },
		.sockets = d->conf.web_sockets,
		.process = "agreementd",
		.read = { d->conf.mail_ca, d->conf.text_ca },
	    },
	    e);
}

/* Mails that one of this name was sending are due again. */
static bool
start(struct task *t, struct agreementd *d, struct err *e)
{
	struct started {
		int32_t again;
	} row;
	static const struct db_field fields[] = { DB_INT4(started, again) };
	AUTO_PTR(conn) c = db_lease(t, d->db, e);

	if (c == NULL || db_one(t, c, SQL_MAIL_START, ARGS(P_TEXT(d->conf.agreements_name)),
			     fields, nitems(fields), &row, NULL, e) != DB_FOUND)
		return false;
	if (row.again > 0)
		log_info(t, "mail.again", "mails=%d", row.again);
	return true;
}

static bool
ready(struct task *t, struct agreementd *d, struct err *e)
{
	while (!start(t, d, e)) {
		if (task_cancelled(t))
			return false;
		log_warn(t, "agreements.wait", "says=\"%s\"", e->text);
		if (!task_sleep(t, 1000, e))
			return false;
	}
	return true;
}

/* A send cannot be waited away: it is told to end when we are. */
static void
stop_run(struct task *t, void *arg)
{
	struct agreementd *d = arg;
	struct err e = { 0 };

	while (task_park(t, &e))
		;
	for (unsigned i = 0; i < d->senders; i++)
		smtp_stop(d->sender[i].smtp);
}

static bool
healthy(struct task *t, void *arg, struct err *e)
{
	const struct agreementd *d = arg;

	return ops_database(t, d->db, e) &&
	       (d->away_times < 3 || err(e, ERR_UNAVAILABLE, "the mail relay is away"));
}

static bool
spawn_all(struct task *t, struct group *g, struct agreementd *d, struct err *e)
{
	for (unsigned i = 0; i < d->senders; i++)
		if (!group_spawn(t, g, "sender", sender_run, &d->sender[i], e))
			return false;
	return group_spawn(t, g, "ops", ops_run, &d->ops, e) &&
	       group_spawn(t, g, "stop", stop_run, d, e) &&
	       group_spawn(t, g, "listen", listen_run, d, e) &&
	       group_spawn(t, g, "clock", clock_run, d, e);
}

static void
run(struct task *t, void *arg)
{
	struct agreementd *d = arg;
	struct group g = { 0 };
	struct err e = { 0 };

	if (!open_database(d, &e) || !ready(t, d, &e)) {
		/* told to end while it waited for the database: that is no failure */
		if (!task_cancelled(t))
			proc_fail(t, &e);
		return;
	}
	d->ops = (struct ops){
		.process = "agreementd", .write = mail_metrics, .healthy = healthy, .arg = d
	};
	ops_listen(&d->ops, &d->conf, 1);
	if (!spawn_all(t, &g, d, &e))
		proc_fail(t, &e);
	proc_notify("READY=1");
	log_info(t, "agreements.ready", "senders=%u relay=%s port=%lld tls=%s", d->senders,
	    d->relay.host, (long long)d->relay.port, d->relay.tls ? "yes" : "no");
	group_join(t, &g);
	for (unsigned i = 0; i < d->senders; i++)
		smtp_free(&d->sender[i].smtp);
}

static int
usage(void)
{
	fputs("usage: busbar-agreementd [-c FILE]\n\n"
	      "Sends the hub's mails, and does what falls due for agreements. SIGTERM ends it "
	      "in\n"
	      "order. Settings: docs/settings.md.\n",
	    stderr);
	return 64;
}

int
main(int argc, char **argv)
{
	static struct agreementd d;
	struct proc p = { .name = "agreementd",
		.open = open_all,
		.confine = confine_self,
		.run = run,
		.arg = &d };
	struct err e = { 0 };
	char path[512];

	if (argc == 2 || argc > 3 || (argc == 3 && strcmp(argv[1], "-c") != 0))
		return usage();
	conf_presets(&d.conf);
	if (!conf_find(argc == 3 ? argv[2] : NULL, path, sizeof path, &e) ||
	    !conf_read(&d.conf, path, &e)) {
		fprintf(stderr, "busbar-agreementd: %s\n", e.text);
		return err_rows[e.code].exit;
	}
	p.user = d.conf.agreements_user;
	p.log_level = (int)d.conf.log_level;
	return proc_run(&p);
}
