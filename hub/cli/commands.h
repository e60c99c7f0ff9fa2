/* The rows that commands.c lists; each is defined in its cmd_*.c, where its help is. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/command.h"

extern const struct command cmd_help, cmd_settings, cmd_migrate, cmd_keys_make, cmd_status,
    cmd_check, cmd_submit, cmd_file_list, cmd_file_show, cmd_file_rejects, cmd_file_release,
    cmd_file_discard, cmd_reads, cmd_completeness, cmd_clock_show, cmd_clock_advance,
    cmd_clock_reset, cmd_clock_trust, cmd_tdu_list, cmd_tdu_show, cmd_tdu_add, cmd_rep_list,
    cmd_rep_add, cmd_rep_load, cmd_csp_list, cmd_csp_add, cmd_agreement_record, cmd_rule_list,
    cmd_rule_set, cmd_month_merge, cmd_month_purge, cmd_month_housekeep, cmd_synth,
    cmd_file_summary, cmd_account_list, cmd_account_show, cmd_account_add, cmd_account_set,
    cmd_account_close, cmd_account_factor, cmd_account_smt, cmd_credential_list,
    cmd_credential_add, cmd_credential_end, cmd_session_list, cmd_box_sweep, cmd_regulator_list,
    cmd_regulator_add, cmd_subscription_list, cmd_subscription_show, cmd_subscription_add,
    cmd_subscription_pause, cmd_subscription_resume, cmd_subscription_end, cmd_drop_list,
    cmd_drop_show, cmd_drop_build, cmd_drop_replay, cmd_drop_cancel, cmd_endpoint_list,
    cmd_endpoint_show, cmd_endpoint_add, cmd_endpoint_pin, cmd_endpoint_prove, cmd_endpoint_use,
    cmd_endpoint_end, cmd_push_list, cmd_push_retry, cmd_push_cancel, cmd_agreement_import,
    cmd_agreement_list, cmd_agreement_show, cmd_agreement_invite, cmd_agreement_withdraw,
    cmd_agreement_terminate, cmd_agreement_renew, cmd_agreement_funnel;

extern const struct command cmd_budget_list, cmd_budget_set;
extern const struct command cmd_retention_list, cmd_retention_set, cmd_retention_run;
extern const struct command cmd_command_list, cmd_han_list, cmd_han_on, cmd_han_off,
    cmd_webhook_list, cmd_webhook_show, cmd_webhook_add, cmd_webhook_change, cmd_webhook_test,
    cmd_webhook_pause, cmd_webhook_resume, cmd_webhook_end, cmd_webhook_rotate,
    cmd_webhook_replay, cmd_webhook_log, cmd_webhook_announce;

extern const struct command cmd_mail_list, cmd_mail_show, cmd_mail_retry, cmd_mail_suppress,
    cmd_mail_allow, cmd_mail_suppressed;

extern const struct command cmd_radar_list, cmd_radar_set, cmd_radar_hits, cmd_radar_show,
    cmd_radar_clear, cmd_radar_tries, cmd_hold_list, cmd_hold_show, cmd_hold_release,
    cmd_hold_refuse, cmd_complaint_list, cmd_complaint_add, cmd_complaint_decide,
    cmd_order_list, cmd_order_add, cmd_order_carry_out, cmd_csp_suspend, cmd_csp_resume,
    cmd_csp_revoke, cmd_csp_suspensions, cmd_approval_list, cmd_approval_confirm,
    cmd_approval_refuse;

extern const struct command cmd_probe_record, cmd_probe_list, cmd_report, cmd_report_kinds,
    cmd_report_list;

extern const struct command cmd_audit_tail, cmd_audit_status, cmd_audit_key,
    cmd_audit_checkpoint, cmd_audit_export, cmd_audit_verify, cmd_audit_prove,
    cmd_audit_receipt, cmd_audit_erase, cmd_witness_list, cmd_witness_add, cmd_witness_end,
    cmd_keys_public, cmd_keys_rotate;

extern const struct command cmd_csp_show, cmd_csp_register, cmd_csp_confirm, cmd_csp_contact,
    cmd_csp_review, cmd_csp_approve, cmd_csp_refuse, cmd_csp_test, cmd_csp_live,
    cmd_person_list, cmd_person_add, cmd_person_role, cmd_person_remove, cmd_client_list,
    cmd_client_grants, cmd_client_add, cmd_client_secret, cmd_client_hold, cmd_client_resume,
    cmd_client_revoke, cmd_grant_offline, cmd_custodian_token, cmd_customer_list,
    cmd_customer_register, cmd_customer_confirm, cmd_customer_login;

#endif
