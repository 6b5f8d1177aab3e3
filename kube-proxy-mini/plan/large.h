/*
 * large - plans a Service of very many endpoints by what changed: it decides
 * which entries have a crowd (crowd.h) and when it can be used.
 */
#ifndef KEELSON_PROXY_LARGE_H
#define KEELSON_PROXY_LARGE_H

#include "kube-proxy-mini/plan/plan.h"

/* From how many endpoints on; a plan from all slices takes 1 ms there. */
#define LARGE_FROM 512u

/*
 * The entry's crowd, brought up to date with its slices; NULL when the entry
 * must be planned from all its slices: it has no crowd any more.
 */
struct crowd *large_update(struct model_entry *n, const struct env *env,
	uint32_t from, struct arena *a);

/* The entry was planned from all its slices: make a crowd if it is large. */
void large_follow(struct model_entry *n, const struct plan *plan,
	const struct record *next, uint32_t from, struct arena *a);

/* The crowd now describes this record. */
void large_note_record(struct model_entry *n, const struct record *next);

void large_drop(struct model_entry *n);

/* The entry's crowd if it knows all slices as they are; else NULL. */
const struct crowd *large_crowd(const struct model_entry *n);

/* The record that the entry was last planned to become; NULL: none. */
const struct record *large_planned(const struct model_entry *n);

#endif
