/*
 * gopath - paths as Go's HTTP server treats them: its ServeMux redirects a
 * request for another path than the clean one to that.
 */
#ifndef KEELSON_NET_GOPATH_H
#define KEELSON_NET_GOPATH_H

#include "lib/base/buf.h"
#include "lib/base/str.h"

/*
 * Append the path without empty, "." and ".." segments; a final slash stays
 * (net/http: cleanPath).
 */
void gopath_clean(struct str path, struct buf *b);

/* Append the path with what is not allowed there escaped (net/url). */
void gopath_escape(struct str path, struct buf *b);

#endif
