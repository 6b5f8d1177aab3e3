/*
 * facts - what an SBOM of anybody says, whatever its format: SPDX 2.2 and 2.3,
 * SPDX 3.0, CycloneDX 1.2 and later, in JSON.
 *
 * facts_read() (facts_read.h) reads them.  Only what the rules of profile.h
 * ask for is read.  Texts are views into the
 * parsed document, and empty where the document says nothing: NOASSERTION,
 * NONE and blanks count as nothing.
 */
#ifndef KEELSON_SBOM_CHECK_FACTS_H
#define KEELSON_SBOM_CHECK_FACTS_H

#include "lib/base/node.h"
#include "sbom/evidence/table.h"

#define FACTS_MAX_BYTES ((size_t)256 << 20) /* of a document, parsed */
#define FACTS_MAX       200000              /* components, and edges */

enum facts_format { FACTS_SPDX2, FACTS_SPDX3, FACTS_CDX };

/* Who: a name, and an e-mail address or URL. */
struct fact_party {
	struct str name, contact;
};

struct fact_component {
	struct str id; /* in the document */
	struct str name, version;
	struct fact_party creator, supplier;
	struct str licence;  /* concluded, for the recipient */
	struct str declared; /* by its makers */
	struct str sha256, sha512;
	bool has_hash; /* of any kind */
	struct str file_name;
	struct str purl, cpe, swhid;
	bool has_identifier; /* one of these, SWID or another */
	/* Executable, archive, structured are said (BSI). */
	bool has_properties;
	bool has_dependencies; /* a list of them, be it an empty one */
	bool has_completeness; /* and whether that list is complete */
	bool is_file;          /* a mere file: no rule for components applies */
};

struct fact_edge {
	struct str from, to; /* ids */
};

struct facts {
	enum facts_format format;
	struct str version; /* of the format: "2.3", "3.0.1", "1.6" */
	struct str uri;     /* that names the document */
	struct fact_party author;
	struct str time;
	struct str tool, tool_version;
	struct str context;       /* when it was made: "build" */
	bool has_vulnerabilities; /* data about such, which BSI forbids */
	struct fact_component *components;
	size_t n, room;
	struct fact_edge *edges; /* x contains or depends on y */
	size_t n_edges, edges_room;
	struct table by_id; /* -> components, once facts_index() was called */
	struct arena *arena;
};

/* "SPDX 3.0.1", "CycloneDX 1.6" for messages. */
const char *facts_format_name(enum facts_format format);

/* ---- for the readers of the formats ---- */

/* Append. NULL, or -1: no memory, or more than FACTS_MAX. */
struct fact_component *facts_add(struct facts *f, struct err *e);
int facts_add_edge(
	struct facts *f, struct str from, struct str to, struct err *e);

/* Once all components are added: make them known by their ids. 0 or -1. */
int facts_index(struct facts *f, struct err *e);

/* NULL when there is none. */
struct fact_component *facts_find(const struct facts *f, struct str id);

/* A text that says something; empty for NOASSERTION and its like. */
struct str facts_text(const struct node *n);

/* The same of a member of a map. */
struct str facts_get(const struct node *map, const char *key);

#endif
