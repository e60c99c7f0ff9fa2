/*
 * Whether a password may be chosen. At least 12 characters; no kinds of signs are asked for,
 * since that makes passwords worse. What is hard to guess is how much there is in it: a word
 * that people often take is one thing, however long, and so is a run (1234, qwerty), a sign
 * again and again, or a year.
 */
#ifndef PORTAL_PASSWORD_H
#define PORTAL_PASSWORD_H

#include "texts.h"

enum { PASSWORD_LEAST_CHARACTERS = 12, PASSWORD_MOST_BYTES = 200, PASSWORD_LEAST_BITS = 40 };

/* TEXTS: it may. */
enum text password_wrong(struct str password);
/* How many bits there are in it, about, for who knows how people choose. */
int password_bits(struct str password);

#endif
