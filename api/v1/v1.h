/*
 * /v1: the hub's own API. docs/api.md is its manual.
 *
 *   routes.c    the table
 *   me.c        who the caller is
 *   reads.c     reads in every form; asked.c what is asked, day_json.c a day as JSON,
 *               coarse.c longer intervals, prices.c costs
 *   premises.c  premises and their meters
 *   changes.c   what has changed since
 *   webhooks.c  where one's programs are told of events
 *   body.c      answers that SQL has made as a whole
 *   drops.c     subscriptions and drops
 *   files.c     the box as a list, files that were sent
 *   own.c       limits, personal tokens, consents that were given
 *   reports.c   figures for regulators and partners
 *   public.c    status, promises, scoreboard
 *   invitations.c  third parties ask customers; invite.c one invitation of a request
 *   agreements.c   what became of it: lists, one, receipt, funnel, its moves and its end
 *   totals.c       a customer with many premises: groups, totals
 *   uploads.c      lists of premises that such a customer hands in
 *   releases.c     who got what of a customer's reads
 *   audit.c        checkpoints, signatures of witnesses, proofs
 *   commands.c  meter commands of who asks; commands_tdu.c of the utility that answers
 */
#ifndef API_V1_H
#define API_V1_H

#include "api.h"
#include "base/json.h"

/* `limit` of the address: how many items a page has. */
bool v1_page(const struct call *c, int64_t preset, int64_t most, int64_t *n, struct err *e);

/* `cursor` of the address, of lists that go back: a letter and a number of ours; INT64_MAX:
 * from the newest on. */
bool v1_before(const struct call *c, char letter, int64_t *before, struct err *e);

route_fn v1_me, v1_reads, v1_premise_reads, v1_reads_asked, v1_premises, v1_premise, v1_changes;
route_fn v1_events, v1_webhooks, v1_webhook, v1_webhook_add, v1_webhook_change, v1_webhook_end,
    v1_webhook_test, v1_webhook_pause, v1_webhook_resume, v1_webhook_rotate, v1_webhook_replay,
    v1_webhook_log;
route_fn v1_agreements, v1_agreement, v1_agreement_receipt, v1_agreement_withdraw,
    v1_agreement_renew, v1_agreement_end, v1_invite, v1_invite_several, v1_invitation_file,
    v1_invitation_funnel, v1_releases;
route_fn v1_audit_checkpoint, v1_audit_cosign, v1_release_proof, v1_agreement_proof,
    v1_event_proof;
route_fn v1_devices, v1_commands, v1_command, v1_command_ask, v1_tdu_commands, v1_tdu_answer;
route_fn v1_limits, v1_box, v1_box_files, v1_files, v1_file, v1_file_post, v1_file_rejects;
route_fn v1_subscriptions, v1_subscription, v1_subscription_add, v1_subscription_pause,
    v1_subscription_resume, v1_subscription_end, v1_subscription_build;
route_fn v1_drops, v1_drop, v1_drop_replay, v1_drop_cancel;
route_fn v1_tokens, v1_token_make, v1_token_end, v1_consents, v1_consent_end;
route_fn v1_reports, v1_report, v1_report_make;
route_fn v1_groups, v1_totals, v1_upload, v1_upload_state, v1_upload_lines;
route_fn v1_status, v1_slo, v1_scoreboard;

/* box/box_put.c: an upload to the folder and name in c->param. */
route_fn box_upload;

/* Asks for a meter command. False: e says why not. limited: it was not taken, may be in wait_s.
 */
struct v1_wish {
	struct str esiid, meter, kind, trans_id; /* meter: "" for whichever is there */
	struct str body; /* of JSON, whose "args" the kind takes; NULL: none */
	const char *door;
};
struct v1_asking {
	struct str result;
	int32_t wait_s, left_hour;
	int64_t command, asked_at;
	bool limited, of_meter; /* of the meter's hour, else of the utility's day */
};
bool v1_command_make(struct task *t, struct call *c, const struct v1_wish *w,
    struct v1_asking *to, struct err *e);

#endif
