package config

import (
	"errors"
	"fmt"
	"strings"
)

// setSharedSenders reads services, each as its address, white space, and its name.
func setSharedSenders(c *Config, value string) error {
	list, err := splitList(value)
	if err != nil {
		return err
	}
	for i, item := range list { // an item is not shown, as it may be a secret
		address, service, _ := strings.Cut(strings.Join(strings.Fields(item.text), " "), " ")
		local, domain, ok := strings.Cut(address, "@")
		if !ok || !isHostname(domain) || !strings.Contains(domain, ".") || checkVisible(local) != nil {
			return fmt.Errorf("has an item, number %d, that does not start with an address or with @ and a domain", i+1)
		}
		if service == "" {
			return fmt.Errorf("has an item, number %d, without the name of the service after the address", i+1)
		}
		c.SharedSenders = append(c.SharedSenders, SharedSender{Address: strings.ToLower(address), Service: service})
	}
	if len(c.SharedSenders) == 0 {
		return errors.New("does not name a service; write an address and the name of its service, such as @share.example.com Example Share")
	}
	return nil
}
