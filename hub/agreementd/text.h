/* Text messages, by one gateway of the settings: JSON over HTTPS. */
#ifndef AGREEMENTD_TEXT_H
#define AGREEMENTD_TEXT_H

#include "agreementd.h"

/* Settings and token; before rights are dropped. */
bool text_open(struct agreementd *d, struct err *e);
/* "512-555-0100" as the gateway wants it: +15125550100. False: that is no number. */
enum { TEXT_NUMBER_SIZE = 20 };
bool text_number(char to[TEXT_NUMBER_SIZE], struct str phone);
/* What became of it, in the words of mails. False: the task is to end. */
bool text_send(struct task *t, const struct agreementd *d, struct str phone, struct str words,
    enum smtp_got *got, char reply[SMTP_REPLY_SIZE], struct err *e);

#endif
