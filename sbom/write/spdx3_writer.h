/*
 * spdx3_writer - an SPDX 3.0.1 document being written: its state, and what
 * elements, relationships and references are written with.
 */
#ifndef KEELSON_SBOM_WRITE_SPDX3_WRITER_H
#define KEELSON_SBOM_WRITE_SPDX3_WRITER_H

#include "lib/base/json.h"
#include "sbom/items/items.h"

enum {
	SPDX3_SPACE_BYTES = 1024,
	SPDX3_LICENCES_MAX = 1000, /* different expressions */
	SPDX3_PARTIES_MAX = 1000,
};

struct spdx3 {
	const struct items *items;
	const struct model *m; /* of the items */
	bool with_files;
	struct json_out *o;
	char space[SPDX3_SPACE_BYTES]; /* what all ids begin with */
	struct buf *elements;          /* ids so far, a line each */
	size_t n_relations;
	struct str licences[SPDX3_LICENCES_MAX]; /* each once */
	size_t n_licences;
	const struct sbom_party *parties[SPDX3_PARTIES_MAX]; /* by address */
	size_t n_parties;
};

/* An id as it stands in the document: the prefix of SPDX 2 is dropped. */
void spdx3_ref(struct spdx3 *s, const char *key, struct str id);

/* Open an element with type, spdxId and creationInfo; json_map_end() ends
   it. */
void spdx3_begin(struct spdx3 *s, const char *type, struct str id);

/* A text member by printf. */
void spdx3_fmt(struct spdx3 *s, const char *key, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Open a relationship up to the list "to"; spdx3_relation_end() ends it. */
struct spdx3_relation {
	struct str from;
	const char *how;          /* relationshipType */
	const char *scope;        /* "build"; NULL: of no lifecycle scope */
	const char *completeness; /* NULL: not said */
	struct str comment;
};
void spdx3_relation(struct spdx3 *s, const struct spdx3_relation *r);
void spdx3_relation_end(struct spdx3 *s);

/* A relationship to one element. */
void spdx3_relate(
	struct spdx3 *s, const struct spdx3_relation *r, struct str to);

/* A list of Hash; empty digests are left out. */
void spdx3_hashes(struct spdx3 *s, struct str sha256, struct str sha512);

/* "externalIdentifier" or "externalRef", one member of its list. */
void spdx3_identifier(struct spdx3 *s, const char *type, struct str value);
void spdx3_reference(struct spdx3 *s, const char *type, struct str locator);

/* The id of an item's file: "Library-libc.a-file". */
struct str spdx3_file_id(struct spdx3 *s, const struct item *x);

/* The ids of a licence expression and of a party, in the order in which they
   were asked for first; empty for one that is not known. */
struct str spdx3_licence_id(struct spdx3 *s, struct str expression);
struct str spdx3_party_id(struct spdx3 *s, const struct sbom_party *p);

#endif
