/*
 * entries - the model's entries by name, and the list of dirty ones.
 *
 * An entry joins a Service with its slices; the first object that names it
 * creates it.
 */
#ifndef KEELSON_PROXY_ENTRIES_H
#define KEELSON_PROXY_ENTRIES_H

#include "kube-proxy-mini/model/entry.h"
#include "lib/base/err.h"

struct model;

struct model_entry *model_find(
	const struct model *m, struct str ns, struct str name);

/* Every entry once, in no particular order: begin with at = 0, last = NULL. */
struct model_entry *model_each(
	const struct model *m, size_t *at, struct model_entry *last);

/* Is an entry dirty: did something change since the last sync? */
bool model_is_dirty(const struct model *m);

/* Take the oldest entry off the dirty list; NULL when the list is empty. */
struct model_entry *model_take_dirty(struct model *m);

/* Put an entry, or all of them, on the dirty list. */
void model_touch(struct model *m, struct model_entry *n);
void model_touch_all(struct model *m);

/*
 * The entry was planned as it is now: nothing of it is new or gone.  With
 * is_followed, slices that go from now on are kept until the next call.
 */
void model_note_planned(
	struct model *m, struct model_entry *n, bool is_followed);

/* Free the entry if it holds nothing any more. */
void model_drop_if_empty(struct model *m, struct model_entry *n);

/* What frees the planner's part of an entry, before the entry is freed. */
typedef void model_free_plan(struct model_entry *n);
void model_set_planner(struct model *m, model_free_plan *free_plan);

/* For the room itself. */

/* The entry of that key, created if needed; NULL when memory is out. */
struct model_entry *model_need_entry(
	struct model *m, struct str key, struct err *e);

/* An object of the entry changed: it is dirty, and no longer left out. */
void model_change_entry(struct model *m, struct model_entry *n);

void model_free_entries(struct model *m);

#endif
