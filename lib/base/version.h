/*
 * version - the version of this project, as --version prints it and as the
 * tags and SBOMs of the OCI images have it.
 */
#ifndef KEELSON_BASE_VERSION_H
#define KEELSON_BASE_VERSION_H

#define KEELSON_VERSION "0.1.0"

#endif
