/*
 * page - what `keelson report` says, as plain values: the model of its page.
 *
 * Whoever fills it owns everything; texts may hold any bytes, for the writer
 * (page_write.h) escapes them.  Lists are shown in their order.  An empty text
 * is left out, and so is a section without entries.
 */
#ifndef KEELSON_SBOM_PAGE_PAGE_H
#define KEELSON_SBOM_PAGE_PAGE_H

#include "lib/base/str.h"

/* A file of a part, and how many bytes of the program are its. */
struct page_leaf {
	struct str name;
	uint64_t bytes;
};

/* What of a program's file came from one package, or is nobody's alone. */
struct page_part {
	struct str name, version;
	bool is_overhead; /* headers, tables and padding: of no package */
	uint64_t bytes;
	struct page_leaf *files; /* by bytes, the largest first */
	size_t n_files;
};

enum page_outcome {
	PAGE_PASSED,
	PAGE_FAILED,
	PAGE_ABSENT, /* and need not be there */
	PAGE_UNKNOWN,
};

/* One property of a program that makes an attack harder. */
struct page_check {
	struct str what;
	enum page_outcome outcome;
	struct str note;
};

struct page_program {
	struct str path, sha256;
	uint64_t bytes;      /* of its file: all parts together */
	uint64_t zero_bytes; /* that it has in memory besides, zeroed */
	size_t objects, sources, headers;
	bool is_traced; /* else nothing is known of its build: no parts */
	struct page_part *parts; /* by bytes, the largest first */
	size_t n_parts;
	struct page_check *checks;
	size_t n_checks;
	struct str *needed; /* shared libraries that it starts with */
	size_t n_needed;
};

struct page_package {
	struct str name, version;
	struct str licence; /* of what of it is inside */
	struct str role;    /* "linked", "headers only", "files" */
	struct str note;    /* for people */
	struct str purl, cpe;
	uint64_t bytes; /* of all programs */
	size_t patches;
};

struct page_patch {
	struct str package, name, sha256;
	struct str cves; /* that it says it fixes: "CVE-2024-1 CVE-..." */
	bool is_ours;
	size_t files; /* compiled files that it touches */
};

/* The order of severity. */
enum page_status {
	PAGE_NOT_AFFECTED,
	PAGE_FIXED,
	PAGE_INVESTIGATED,
	PAGE_AFFECTED,
	PAGE_STATUSES,
};

struct page_verdict {
	struct str cve, package, version;
	enum page_status status;
	struct str reason; /* one phrase */
	struct str *grounds;
	size_t n_grounds;
};

struct page_file {
	struct str path, link, sha256, note;
	struct str kind; /* "file", "directory", ... */
	uint32_t mode, uid, gid;
	uint64_t bytes;
};

struct page_source {
	struct str path, package, version, suite, sha256;
	uint64_t bytes;
};

struct page_tool {
	struct str name, version;
};

struct page_signature {
	struct str what; /* "image", or the type of an attestation */
	struct str form; /* how it is kept */
	struct str by;   /* the key that made it; empty: not checked */
};

/* A command for the reader, and what it has to print. */
struct page_command {
	struct str says, line, prints;
};

struct page {
	bool is_image;
	struct str name, version, about;
	struct str sha256;    /* of the manifest, or of the program's file */
	struct str reference; /* "localhost/keelson/pause:0.1.0" */
	struct str platform, created, supplier, licence;
	struct str entrypoint, user;
	struct str source, revision, builder; /* of the project */
	uint64_t layer_bytes;                 /* of an image, compressed */
	struct page_program *programs;
	size_t n_programs;
	struct page_package *packages; /* by name */
	size_t n_packages;
	struct page_patch *patches;
	size_t n_patches;
	struct page_verdict *verdicts;
	size_t n_verdicts;
	struct str unjudged; /* why there are no verdicts, or not all */
	struct page_file *files;
	size_t n_files;
	struct page_source *sources;
	size_t n_sources;
	struct page_tool *tools;
	size_t n_tools;
	struct page_signature *signatures;
	size_t n_signatures;
	struct page_command *commands;
	size_t n_commands;
};

#endif
