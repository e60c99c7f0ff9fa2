/* What a caller has shown, as functions of the database take it: the SHA-256 of a secret that
 * the hub has made. */
#ifndef STORE_SHOWN_H
#define STORE_SHOWN_H

enum { SHOWN_BYTES = 32 };

#endif
