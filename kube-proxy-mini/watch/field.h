/*
 * field - reads the members of an API object by one rule.
 *
 * API servers newer than this program send words, numbers and types that it
 * does not know, and never for the whole cluster at once.  So:
 *
 *   - A member that is absent or null has its default.
 *   - A word that is not known counts as the choice that kube-proxy makes for
 *     it (the last line of a table of choices).
 *   - A value of the wrong type or out of range counts as absent.
 *   - An entry of a list that cannot be used without that value (a port, an
 *     address, an endpoint) is passed over, and the other entries count.
 *   - A list that is longer than the stated limit loses its last entries.
 *
 * Nothing of this happens in silence: the reader keeps the path of each such
 * value and why it was not taken, and feed.h logs and counts it.  An object is
 * refused only when it has no name.  Texts are views of the tree.  Pure.
 */
#ifndef KEELSON_PROXY_FIELD_H
#define KEELSON_PROXY_FIELD_H

#include "kube-proxy-mini/model/object.h"
#include "lib/base/arena.h"
#include "lib/base/node.h"

#define FIELD_PATH_BYTES 96
#define FIELD_ODD_BYTES  512

struct field_reader {
	struct arena *arena;         /* for lists */
	char path[FIELD_PATH_BYTES]; /* of the map being read, or "" */
	size_t n_odd;              /* values that were not taken as they are */
	char odd[FIELD_ODD_BYTES]; /* "path: why; path: why": the first ones */
};

/* A reader that has seen nothing yet. */
struct field_reader field_reader_make(struct arena *arena);

/* The map that is read from now on, by its path; "" for the object. */
void field_enter(struct field_reader *r, const char *fmt, ...) ERR_PRINTF(2, 3);

/* Note that a member of the map was not taken as it is.  Always false. */
bool field_odd(struct field_reader *r, const char *member, const char *fmt, ...)
	ERR_PRINTF(3, 4);

/* A text; empty when there is none. */
struct str field_text(
	struct field_reader *r, const struct node *map, const char *key);

bool field_truth(struct field_reader *r, const struct node *map,
	const char *key, bool otherwise);

struct field_range {
	int64_t min, max, otherwise; /* otherwise: when it is absent */
};
int64_t field_whole(struct field_reader *r, const struct node *map,
	const char *key, struct field_range range);

/* At most `most` entries of a list; empty when there is none. */
struct field_items {
	const struct node *first; /* the others by `next` */
	size_t n;
};
struct field_items field_list(struct field_reader *r, const struct node *map,
	const char *key, size_t most);

/*
 * A word that names a choice: the value of its line.  The first line is the
 * default; the last one, whose text is NULL, is for every other word.
 */
struct field_choice {
	const char *text;
	int value;
};
int field_choice(struct field_reader *r, const struct node *map,
	const char *key, const struct field_choice *table);

/* Choices for "protocol": enum model_proto, 0 for a word not known. */
extern const struct field_choice field_protocols[];

/* Entry `at` of the list `key`, an address in text.  False: passed over. */
bool field_address(struct field_reader *r, struct str text, const char *key,
	size_t at, struct model_ip *out);

/* The same for a prefix; blanks around it do no harm. */
bool field_net(struct field_reader *r, struct str text, const char *key,
	size_t at, struct model_net *out);

/* metadata.namespace and metadata.name; both are required.  0 or -1. */
int field_name(const struct node *object, struct str *ns, struct str *name,
	struct err *e);

/* Zeroed memory for n structs of that size; NULL (ERR_LIMIT) without room. */
void *field_room(struct field_reader *r, size_t n, size_t size, struct err *e);

#endif
