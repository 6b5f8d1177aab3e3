/*
 * draft_elems - the elements of a record that are not slots of its groups.
 */
#ifndef KEELSON_PROXY_DRAFT_ELEMS_H
#define KEELSON_PROXY_DRAFT_ELEMS_H

#include "kube-proxy-mini/plan/plan.h"
#include "kube-proxy-mini/plan/record.h"

/*
 * Add the elements of a plan to a record that has its groups, sorted and
 * without twins.  -1: the arena is full.
 */
int draft_elems(const struct plan *plan, struct arena *a, struct record *next);

#endif
