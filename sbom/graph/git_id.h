/*
 * git_id - what git calls these bytes.
 *
 * The id of a blob is the digest of "blob SIZE\0" and the bytes (git
 * hash-object), with SHA-1 or, in a repository made with
 * --object-format=sha256, SHA-256.  OmniBOR calls it a gitoid.
 */
#ifndef KEELSON_SBOM_GRAPH_GIT_ID_H
#define KEELSON_SBOM_GRAPH_GIT_ID_H

#include "lib/base/str.h"

enum git_hash { GIT_SHA1, GIT_SHA256 };

enum { GIT_ID_HEX = 64 }; /* digits at most: 40 of SHA-1 */

void git_id(enum git_hash hash, struct str bytes, char hex[GIT_ID_HEX + 1]);

/* Which kind of id a text is: 40 or 64 lower-case hex digits. 0 or -1. */
int git_id_kind(struct str text, enum git_hash *out);

#endif
