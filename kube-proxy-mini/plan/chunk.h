/*
 * chunk - slots of a large group, in pieces of fixed size.
 *
 * Records share the pieces that are the same in both, so a record that differs
 * in a few slots costs a few pieces, and comparing two records passes over
 * those that they share.  A piece that has several holders is never changed.
 */
#ifndef KEELSON_PROXY_CHUNK_H
#define KEELSON_PROXY_CHUNK_H

#include "kube-proxy-mini/plan/views.h"

#define CHUNK_SLOTS 256

struct chunk {
	uint32_t holders;
	struct plan_endpoint slots[CHUNK_SLOTS];
};

/* How many pieces n slots need. */
size_t chunk_count(uint32_t n);

/* Pieces for n slots, held once, with these endpoints; -1: no memory. */
int chunks_fill(
	struct chunk **chunks, const struct plan_endpoint *slots, uint32_t n);

/*
 * Hold the pieces of n slots that `from` has, and have enough for now_n: those
 * that are missing are new ones.  -1: no memory, nothing is held.
 */
int chunks_share(struct chunk **chunks, uint32_t now_n,
	struct chunk *const *from, uint32_t n);

/* A slot to be changed, in a piece with one holder; NULL: no memory. */
struct plan_endpoint *chunks_own(struct chunk **chunks, uint32_t slot);

/* Hold them no longer. */
void chunks_drop(struct chunk **chunks, uint32_t n);

#endif
