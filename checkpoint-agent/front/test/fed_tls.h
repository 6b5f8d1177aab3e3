/*
 * fed_tls - TLS for fuzzers: reads are served from one text, in pieces, and
 * what is written is dropped.  One connection at a time.
 */
#ifndef CHECKPOINT_AGENT_FRONT_TEST_FED_TLS_H
#define CHECKPOINT_AGENT_FRONT_TEST_FED_TLS_H

#include "lib/base/str.h"
#include "lib/net/tls.h"

/* End the process, as a fuzzer does when something is wrong, unless it holds.
 */
void require(bool holds);

/* What the peer sends from now on, at most so many bytes at a time. */
void fed_tls_feed(struct str text, size_t piece_bytes);

/* How much of it has not been read yet. */
size_t fed_tls_left(void);

/* open makes a plain structure; a server's handshake is the caller's to add. */
extern const struct tls_ops fed_tls_ops;

#endif
