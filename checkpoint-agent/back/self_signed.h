/*
 * self_signed - a serving certificate that the agent makes for itself.
 *
 * As the kubelet's: it names this machine and its addresses and is valid for a
 * year.
 */
#ifndef CHECKPOINT_AGENT_BACK_SELF_SIGNED_H
#define CHECKPOINT_AGENT_BACK_SELF_SIGNED_H

#include "lib/base/err.h"

#include <stdbool.h>

/* Is there a certificate in this file that has not expired, and a key? */
bool self_signed_is_usable(const char *certificate, const char *key);

/* Make both files: PEM, the key mode 0600. */
int self_signed_make(const char *certificate, const char *key, struct err *e);

#endif
