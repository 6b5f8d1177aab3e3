/*
 * gunzip - the content coding "gzip" for answers of the API server.
 */
#ifndef KEELSON_PROXY_GUNZIP_H
#define KEELSON_PROXY_GUNZIP_H

#include "lib/net/coding.h"

extern const struct coding gunzip;

#endif
