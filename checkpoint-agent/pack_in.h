/*
 * pack_in - what the parts of pack share among themselves.
 */
#ifndef CHECKPOINT_AGENT_PACK_IN_H
#define CHECKPOINT_AGENT_PACK_IN_H

#include "checkpoint-agent/pack.h"

struct archive;

#define PACK_COPY_BYTES 65536

/* What libarchive says went wrong. Always -1. */
int pack_err(struct err *e, struct archive *a, const char *what);

/* The same for a reader, whose source may know better. Always -1. */
int pack_read_err(struct pack_reader *r, const char *what, struct err *e);

/* Is this attribute the overlay file system's, and means something in its own
   layer only? */
bool pack_is_overlay(const char *xattr);

/* libarchive's own reader in it. */
struct archive *pack_read_inner(struct pack_reader *r);

#endif
