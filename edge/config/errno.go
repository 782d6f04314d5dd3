// The error of a path that leads through something that is no folder.

package config

import "syscall"

const errNotFolder = syscall.ENOTDIR
