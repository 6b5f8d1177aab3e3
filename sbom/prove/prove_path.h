/*
 * prove_path - room for a path: several of them fit on a stack of 8 KiB; what
 * is longer is refused.
 */
#ifndef KEELSON_SBOM_PROVE_PROVE_PATH_H
#define KEELSON_SBOM_PROVE_PROVE_PATH_H

#define PROVE_PATH_BYTES 2048

#endif
