throw new Error('this entry cannot start')
