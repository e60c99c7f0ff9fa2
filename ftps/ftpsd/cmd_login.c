/* From the first command to the login. */
#include <string.h>

#include "commands.h"
#include "rt/log.h"
#include "rt/loop.h"
#include "sys/secret.h"

bool
cmd_auth(struct task *t, struct session *s, struct str arg, struct err *e)
{
	uint64_t was;

	if (s->phase != FTP_CLEAR)
		return say(t, s, 503, "This connection is protected already.");
	if (!str_ieq(arg, STR("TLS")) && !str_ieq(arg, STR("TLS-C")))
		return say(t, s, 504, "Expected AUTH TLS.");
	/* Whoever sits in between may have put commands behind this one: they are not run. */
	if (stream_unread(s->control) != 0) {
		log_warn(t, "ftps.injected", "bytes=%zu", stream_unread(s->control));
		return say(t, s, 421, "Nothing may follow AUTH before its reply; closing.");
	}
	if (!say(t, s, 234, "Begin TLS."))
		return false;
	was = task_deadline(t, s->door->rules.shake_ms);
	s->control = tls_start(t, s->door->tls, &s->control, NULL, e);
	task_deadline(t, was);
	if (s->control == NULL) {
		s->gone = true;
		s->door->counts->tls_failed++;
		log_info(t, "ftps.no_tls", "code=%s", err_rows[e->code].name);
		return false;
	}
	s->secured = true;
	return phase_step(&s->phase, EV_SECURED, e);
}

bool
cmd_pbsz(struct task *t, struct session *s, struct str arg, struct err *e)
{
	int64_t n;

	(void)e;
	if (!str_int64(arg, &n) || n > UINT32_MAX)
		return say(t, s, 501, "Expected PBSZ 0.");
	s->buffered = true;
	return say(t, s, 200, "PBSZ=0");
}

/* RFC 4217 section 9 */
bool
cmd_prot(struct task *t, struct session *s, struct str arg, struct err *e)
{
	(void)e;
	if (!s->buffered)
		return say(t, s, 503, "PBSZ 0 comes first.");
	if (str_ieq(arg, STR("P"))) {
		s->protected = true;
		return say(t, s, 200, "Data connections are protected.");
	}
	if (str_ieq(arg, STR("C")))
		return say(t, s, 534, "Data is never sent in the clear here: PROT P.");
	if (str_ieq(arg, STR("S")) || str_ieq(arg, STR("E")))
		return say(t, s, 536, "TLS knows PROT P only.");
	return say(t, s, 504, "Expected PROT P.");
}

bool
cmd_ccc(struct task *t, struct session *s, struct str arg, struct err *e)
{
	(void)arg, (void)e;
	return say(t, s, 533, "This connection stays protected.");
}

bool
cmd_host(struct task *t, struct session *s, struct str arg, struct err *e)
{
	(void)arg, (void)e;
	if (s->phase == FTP_NAMED || s->phase == FTP_READY)
		return say(t, s, 503, "HOST comes before USER.");
	return say(t, s, 220, "This server has one box for each login, whatever its name.");
}

bool
cmd_clnt(struct task *t, struct session *s, struct str arg, struct err *e)
{
	(void)e;
	str_plain(s->client, sizeof s->client, arg);
	return say(t, s, 200, "Noted.");
}

bool
cmd_quit(struct task *t, struct session *s, struct str arg, struct err *e)
{
	(void)arg;
	return phase_step(&s->phase, EV_QUIT, e) && say(t, s, 221, "Goodbye.");
}

/* ---- the login ---- */

static bool
logged_in(struct task *t, struct session *s, int code, struct err *e)
{
	char client[LOG_TEXT_SIZE];

	if (!phase_step(&s->phase, EV_LOGGED_IN, e))
		return false;
	task_deadline(t, 0); /* from here on, idle time counts */
	s->door->counts->logins++;
	task_label(t, "party=%s account=%d from=%s", s->box.code, s->box.account, s->from);
	log_info(t, "ftps.login", "tls=%s by=%s client=%s", tls_version(s->control),
	    code == 232 ? "certificate" : "password", log_text(client, str_of(s->client)));
	return say(t, s, code, "Welcome, %s. This is your box.", s->box.login);
}

static bool
refused(struct task *t, struct session *s, int wait_s, const struct err *e)
{
	struct err none;

	phase_step(&s->phase, EV_REFUSED, &none);
	if (e->code == ERR_WAIT) {
		s->door->counts->logins_waiting++;
		return wait_s > 0
			   ? say(t, s, 421, "Too many failed logins: wait %d seconds.", wait_s)
			   : say(t, s, 421, "%s", err_rows[ERR_WAIT].say);
	}
	if (e->code != ERR_LOGIN)
		return say_err(t, s, 421, e);
	s->door->counts->logins_refused++;
	s->closing = ++s->failures >= (unsigned)s->door->conf.ftps_failures;
	return say(t, s, 530, "The name or the password is not right%s.",
	    s->closing ? "; closing" : "");
}

/* A certificate that opens this account is enough; any other is as none. */
static bool
by_certificate(struct task *t, struct session *s, struct err *e)
{
	unsigned char sha256[32];
	int wait_s;

	return tls_peer(s->control, sha256) &&
	       box_login_certificate(
		   t, &s->door->box, sha256, str_of(s->user), s->from, &s->box, &wait_s, e);
}

bool
cmd_user(struct task *t, struct session *s, struct str arg, struct err *e)
{
	struct err none = { 0 };

	if (!phase_step(&s->phase, EV_USER, e))
		return false;
	if (!str_copy(s->user, sizeof s->user, arg))
		s->user[0] = '\0'; /* longer than any name: the password will not be right */
	if (s->user[0] != '\0' && by_certificate(t, s, &none))
		return logged_in(t, s, 232, e);
	return say(t, s, 331, "The password, please.");
}

bool
cmd_pass(struct task *t, struct session *s, struct str arg, struct err *e)
{
	struct err why = { 0 };
	int wait_s = 0;

	if (s->phase != FTP_NAMED)
		return say(t, s, 503, "USER comes first.");
	if (arg.at == NULL)
		arg = STR("");
	if (box_login(t, &s->door->box, str_of(s->user), arg, s->from, &s->box, &wait_s, &why))
		return logged_in(t, s, 230, e);
	return refused(t, s, wait_s, &why);
}
