/*
 * capability - a table in the order of the kernel's numbers.
 *
 * Revision 2 of the attribute has no user of a namespace in it, so that it
 * means the same on every node.
 */
#include "rootfs/capability.h"

#define REVISION_2 0x02000000u
#define EFFECTIVE  1u

/* linux/capability.h, from 0 on */
static const char *const capability_names[] = {
	"chown",
	"dac_override",
	"dac_read_search",
	"fowner",
	"fsetid",
	"kill",
	"setgid",
	"setuid",
	"setpcap",
	"linux_immutable",
	"net_bind_service",
	"net_broadcast",
	"net_admin",
	"net_raw",
	"ipc_lock",
	"ipc_owner",
	"sys_module",
	"sys_rawio",
	"sys_chroot",
	"sys_ptrace",
	"sys_pacct",
	"sys_admin",
	"sys_boot",
	"sys_nice",
	"sys_resource",
	"sys_time",
	"sys_tty_config",
	"mknod",
	"lease",
	"audit_write",
	"audit_control",
	"setfcap",
	"mac_override",
	"mac_admin",
	"syslog",
	"wake_alarm",
	"block_suspend",
	"audit_read",
	"perfmon",
	"bpf",
	"checkpoint_restore",
};

int capability_number(struct str name)
{
	int n = (int)(sizeof(capability_names) / sizeof(*capability_names));

	for (int i = 0; i < n; i++)
		if (str_is(name, capability_names[i]))
			return i;
	return -1;
}

static void put_le32(unsigned char *out, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		out[i] = (unsigned char)(value >> (8 * i));
}

void capability_encode(uint64_t set, unsigned char out[CAPABILITY_BYTES])
{
	put_le32(out, REVISION_2 | EFFECTIVE);
	put_le32(out + 4, (uint32_t)set); /* permitted */
	put_le32(out + 8, 0);             /* inheritable */
	put_le32(out + 12, (uint32_t)(set >> 32));
	put_le32(out + 16, 0);
}
