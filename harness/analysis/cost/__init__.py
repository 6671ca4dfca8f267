"""What arms cost, and when tuning pays back: costs per case in, money and volumes out. Pure."""
