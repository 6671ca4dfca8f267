"""Any Hugging Face model on this machine, with or without a PEFT adapter, in process."""
