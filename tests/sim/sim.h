/*
 * The simulator of agreements. A history is what happens to a small world (a few CSPs,
 * premises, mailboxes) in an order drawn from a seed. drive.c plays it to a system - the model
 * (model.c), or the database (db.c) - and asks the oracle (oracle.c) after each step whether
 * what the system did, says and would give away is what the rules allow.
 *
 * The model knows the product's tables of steps and its calendar; the oracle knows neither: it
 * has the rules as words put them, and a calendar of its own. What one has wrong the other has
 * not.
 *
 * Instants are seconds since 1970 UTC, days are days since 1970, months are of Chicago.
 */
#ifndef SIM_H
#define SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/macros.h"

enum {
	CSPS = 3,
	PREMISES = 4,
	MAILBOXES = 3,
	SLOTS = 12,  /* invitations that a history may hold, counting renewals */
	EVENTS = 56, /* things that happen in a history */
	MOVES = 16,
	SPANS = 8,
	HOUR = 3600,
	DAY = 86400,
	MAIL_TRIES_S =
	    96 * HOUR,	      /* an invitation that no server takes by then is undeliverable */
	MAILBOX_DAY_MOST = 3, /* invitations to one mailbox on one day, of all CSPs */
	LEASE_S = 300,	      /* how long a sender that died holds its mail */
	ONCE_S = 720 * HOUR,  /* how long what is given once can be fetched */
	NOT_ME_S = 30 * DAY,  /* how long the link of a cross-notice is good */
	BOUNCES_MOST = 3,     /* mails that a mailbox did not take: no more to it */
	TRIES_ESIID_DAY = 20, /* wrong tries at an ESI ID in 24 hours, of all CSPs */
	TRIES_CSP_HOUR = 100, /* wrong tries of a CSP in an hour */
	CUSTOMERS = 6,	      /* the odd ones have a mailbox that the utility knows */
	OTHERS = MAILBOXES + CUSTOMERS + 1
};
#define NEVER  INT64_MIN
#define ALWAYS INT64_MAX

/* ---- what happens ---- */
enum act {
	ACT_INVITE, /* a CSP asks */
	ACT_MAIL, /* the sender takes up the invitation's mail; fate says what becomes of it */
	ACT_OPEN, /* somebody or something fetches the page */
	ACT_DECIDE,   /* somebody presses a button of it */
	ACT_JUDGE,    /* a person looks at a held one: release or end it */
	ACT_WITHDRAW, /* the CSP takes the invitation back */
	ACT_END,      /* the customer, the CSP, the operator or the commission ends it */
	ACT_CSP,      /* the CSP is suspended, resumed, revoked */
	ACT_TICK,     /* the agreement clock runs */
	ACT_TELL,     /* the utility tells something of a premise from a day on: enum topic */
	ACT_RENEW,    /* the button of a renewal */
	ACT_REWIND,   /* the clock is set back */
	ACT_NOT_ME,   /* somebody else who is known for the premise says: not me */
	ACT_BOUNCE,   /* the invitation comes back: for good, or it is only late */
	ACT_PROBE,    /* the CSP tries triples that are wrong */
	ACT_HOURS,    /* the real clock goes on, by which tries are counted */
	ACTS
};
enum topic { T_LIVES, T_METER, T_REP, T_STATUS, TOPICS };
enum kind { K_ENERGY, K_ONCE, K_DEVICE, K_SERVICES, KINDS };
enum choice { CONFIRM, DECLINE, REPORT, CHOICES };
enum fate { TAKEN, DEFERRED, REFUSED, DIED_BEFORE, DIED_AFTER, FATES };
enum verdict { V_NONE, V_HOLD, V_SUSPEND };
enum judge { RELEASE, DISMISS };
enum by { BY_CUSTOMER, BY_CSP, BY_OPERATOR, BY_COMMISSION, BYS };
enum csp_event { CSP_SUSPEND, CSP_RESUME, CSP_REVOKE, CSP_EVENTS };

/* When: so long after what came before, or at an edge that a slot then has, give or take. */
enum when { AFTER, AT_DEATH, AT_END, AT_GIVE_UP, AT_START_DAY };

struct event {
	uint8_t act;
	uint8_t id;   /* its place in the whole history; stays when others are dropped */
	uint8_t slot; /* INVITE, RENEW: the one it makes; else the one it is about */
	uint8_t of;   /* RENEW: the slot that is renewed */
	uint8_t csp;
	uint8_t premises, wrong; /* sets of bits; wrong: their triple is not right */
	uint8_t stale; /* whose meter and REP are those of the beginning, whatever came since */
	uint8_t kind;
	uint8_t what;	 /* choice, fate, judge, by, csp_event, topic; BOUNCE: 1 only late;
			    NOT_ME: which of the mailboxes that were told */
	uint8_t verdict; /* DECIDE: what the watch over abuse says */
	uint8_t months, history, kinds, mailbox;
	bool all_or_none;
	uint8_t premise;  /* PROBE: PREMISES for ESI IDs of nobody, a new one each time */
	uint8_t customer; /* TELL: who lives there, 0 nobody; which meter, REP; 1 retired */
	int16_t days; /* TELL: the effective day, from the day of being told; PROBE: how often;
			 HOURS: how many */
	uint8_t when, when_slot;
	int32_t after_s;
};

struct history {
	uint64_t seed;
	int64_t begins;
	uint8_t large;		    /* premises of large businesses */
	uint8_t lives_at[PREMISES]; /* the customer there from long ago on, 0 nobody */
	unsigned n;
	struct event at[EVENTS];
};
void history_make(struct history *h, uint64_t seed);
void event_text(char *to, size_t size, const struct event *e);

/* ---- a system: what is tested ---- */
enum state {
	S_NONE, /* no such agreement */
	S_PENDING,
	S_ACTIVE,
	S_HELD,
	S_REJECTED,
	S_REPORTED,
	S_LAPSED,
	S_WITHDRAWN,
	S_UNDELIVERABLE,
	S_COMPLETED,
	S_TERMINATED,
	S_SUSPENDED,
	STATES
};
extern const char *const state_names[STATES];
#define BIT(n) (1u << (n))

struct outcome {
	bool done;    /* what was asked has happened; MAIL: the mail was handed to the server */
	uint8_t good; /* INVITE: the premises that are in it */
	uint64_t letter;   /* MAIL: its Message-ID */
	char trouble[900]; /* an error that no event should come to */
};
struct span {
	int64_t from, to;
};

struct system {
	const char *name;
	/* A fresh world. */
	bool (*begin)(struct system *s, const struct history *h, struct err *e);
	bool (*step)(struct system *s, const struct event *ev, int64_t now, struct outcome *out,
	    struct err *e);
	/* States of all slots, S_NONE where there is none, as rights() saw them. */
	bool (*states)(struct system *s, uint8_t to[SLOTS], struct err *e);
	/* What a CSP may read of a premise now, of a kind (0 to 2): sorted, apart. */
	bool (*rights)(struct system *s, int64_t now, unsigned kind,
	    struct span to[CSPS][PREMISES][SPANS], uint8_t n[CSPS][PREMISES], struct err *e);
	/* How many mails told of the end of each slot: to the customer, to the CSP; and how
	 * many other mailboxes heard of its beginning. */
	bool (*told)(struct system *s, uint8_t to[SLOTS][3], struct err *e);
	void *own;
};

/* Adds [from, to) to sorted spans that are apart. */
void spans_add(struct span *at, uint8_t *n, int64_t from, int64_t to);

/* ---- faults that can be planted in the model, to see that they are found ---- */
#define PLANTS(X)                                                                             \
	X(none, "")                                                                           \
	X(get_decides, "a fetched page confirms")                                             \
	X(lapse_unsent, "the five weekdays run from the asking, not from the mail")           \
	X(lapse_early, "the day of the mail counts as one of the five")                       \
	X(lapse_saturday, "Saturdays count as weekdays")                                      \
	X(lapse_24h, "five times 24 hours instead of local days over a clock change")         \
	X(lapse_late, "the fifth day ends a second late")                                     \
	X(late_decision, "a decision counts until the clock has run, not until the deadline") \
	X(held_reads, "a held agreement gives reads")                                         \
	X(second_wins, "a later decision takes the place of the first")                       \
	X(suspended_reads, "a suspended CSP reads on")                                        \
	X(revoked_resumes, "a revoked CSP is resumed")                                        \
	X(ended_reads, "an agreement that was ended gives reads until the clock runs")        \
	X(term_reads, "reads after the end of the term")                                      \
	X(history_reads, "more history than was agreed on")                                   \
	X(kinds_reads, "kinds of reads that were not agreed on")                              \
	X(next_occupant, "reads of those who live there next")                                \
	X(late_move, "a move that is told late is not looked at")                             \
	X(moved_out_reads, "the former occupant's share goes on after the move-out")          \
	X(other_csp, "an agreement gives reads to another CSP")                               \
	X(other_premise, "a premise whose triple was wrong is in the agreement")              \
	X(long_term, "36 months for a home")                                                  \
	X(three_mails, "a mail is sent again after it was taken down as sent")                \
	X(new_letter, "a mail that is sent again has a new Message-ID")                       \
	X(mail_lost, "a mail whose sender died is not sent again")                            \
	X(mail_after_end, "an invitation goes out after it was withdrawn")                    \
	X(deferred_fails, "a mail that was deferred once is undeliverable")                   \
	X(unsent_lapses, "an invitation that no server took lapses instead of failing")       \
	X(no_lapse, "nothing lapses")                                                         \
	X(no_completion, "nothing is completed")                                              \
	X(no_quota, "a mailbox gets any number of invitations a day")                         \
	X(two_open, "two invitations of a CSP are open for one premise")                      \
	X(superseded_reads, "an agreement that was superseded gives reads")                   \
	X(withdrawn_decides, "an invitation that was withdrawn can be confirmed")             \
	X(end_untold, "nobody is told of an end")                                             \
	X(end_told_twice, "a lapse is told at each run of the clock")                         \
	X(renewed_home, "a home is renewed in one click")                                     \
	X(renewed_late, "an agreement that is over is renewed")                               \
	X(renewal_stays, "the renewal of what was ended begins all the same")                 \
	X(moved_before, "who lives there at the answer counts, not who was asked")            \
	X(mail_after_report, "a mailbox that reported a CSP is asked by it again")            \
	X(once_goes_on, "what is given once gives what comes later")                          \
	X(once_forever, "what is given once can be fetched for a year")                       \
	X(device_reads, "an agreement over a device gives reads")                             \
	X(kinds_supersede, "an agreement of another kind takes the place of one")             \
	X(not_me_unheard, "a not-me holds nothing")                                           \
	X(not_me_again, "the link of a not-me counts each time")                              \
	X(not_me_late, "the link of a not-me never runs out")                                 \
	X(not_me_renewal, "a not-me leaves the renewal as it is")                             \
	X(others_untold, "nobody else is told of a share")                                    \
	X(strangers_told, "who lived there before is told of a share")                        \
	X(stale_meter, "the meter of before is good enough")                                  \
	X(stale_rep, "the REP of before is good enough")                                      \
	X(swap_ends, "a new meter ends the share")                                            \
	X(retired_reads, "a premise that is retired is read on")                              \
	X(retired_asked, "a premise that is retired can be asked for")                        \
	X(no_budget_esiid, "an ESI ID can be tried as often as one likes")                    \
	X(no_budget_csp, "a CSP can try as often as it likes")                                \
	X(budget_clock, "tries are counted for ever")                                         \
	X(bounce_unheard, "a bounce changes nothing")                                         \
	X(bounce_decided, "a bounce ends what was agreed on")                                 \
	X(late_is_bounce, "a mail that is late is taken for one that came back")              \
	X(bounces_forgotten, "a mailbox that takes nothing is written to for ever")           \
	X(row_revives, "a row of the table of steps revives what was declined")               \
	X(row_missing, "a row of the table of steps is missing: a held one cannot be "        \
		       "released")
enum plant {
#define X(name, about) PLANT_##name,
	PLANTS(X)
#undef X
	    PLANTS_N
};
extern const char *const plant_names[PLANTS_N];
extern const char *const plant_abouts[PLANTS_N];

/* ---- the model ---- */
struct steps;
/* Reads the rows of agreement.step and party.csp_step out of the SQL of a checkout. */
struct steps *steps_load(const char *sql_folder, struct err *e);
void steps_free(struct steps **s);
bool model_open(struct system *to, const struct steps *steps, enum plant plant, struct err *e);
void model_close(struct system *s);

/* ---- the real database, through libpq ---- */
bool db_system_open(
    struct system *to, const char *conninfo, const struct steps *steps, struct err *e);
void db_system_close(struct system *s);

/* ---- many side by side in a hub of real processes (crowd.h): 0, 1 found, 69 ---- */
int crowd_run(uint64_t seed, unsigned n, struct err *e);

/* ---- driving ---- */
/* What histories come to, so that one sees that they are not all the same story. */
struct tally {
	uint64_t done[ACTS], refused[ACTS], impossible;
	uint64_t ends[STATES]; /* of slots, when the history is over */
	/* pairs that may read at a step; where rules leave it open; where two instants differ
	 */
	uint64_t reads, either, between;
};
void tally_print(const struct tally *t);

struct finding {
	unsigned step; /* index into the history */
	int64_t now;
	char text[1000];
};
/* Plays the events whose bit is set in keep. False: f says what was found, or e that the system
 * could not be asked (e->code is set). */
bool drive(struct system *s, const struct history *h, uint64_t keep, bool tell,
    struct tally *tally, struct finding *f, struct err *e);

#endif
