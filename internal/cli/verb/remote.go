package verb

import "github.com/spf13/cobra"

// remote is the annotation of verbs that speak to a server; the template of the
// usage knows it by this name.
const remote = "remote"

// MarkRemote marks c as a verb that speaks to a server; only they take the
// flags that say to which.
func MarkRemote(c *cobra.Command) { c.Annotations = map[string]string{remote: "yes"} }

// IsRemote reports whether c is a verb that speaks to a server.
func IsRemote(c *cobra.Command) bool { return c.Annotations[remote] != "" }
