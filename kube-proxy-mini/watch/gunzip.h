/*
 * gunzip - the content coding "gzip" (RFC 9110 8.4.1.3) for answers of the
 * API server: what lib/net asks for, done by lib/arc.
 */
#ifndef KEELSON_PROXY_GUNZIP_H
#define KEELSON_PROXY_GUNZIP_H

#include "lib/net/coding.h"

extern const struct coding gunzip;

#endif
