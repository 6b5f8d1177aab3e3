/*
 * capability - names of capabilities(7), and the extended attribute by which a
 * file gives them to whoever runs it.
 */
#ifndef KEELSON_ROOTFS_CAPABILITY_H
#define KEELSON_ROOTFS_CAPABILITY_H

#include "lib/base/str.h"

#define CAPABILITY_XATTR "security.capability"

/* struct vfs_cap_data of linux/capability.h, revision 2 */
#define CAPABILITY_BYTES 20

/* "net_bind_service" -> 10; -1 for a name that is none. */
int capability_number(struct str name);

/*
 * The value of the attribute: these capabilities permitted and effective.
 * @set  bit CAP_x
 */
void capability_encode(uint64_t set, unsigned char out[CAPABILITY_BYTES]);

#endif
